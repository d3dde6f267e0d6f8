import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** How many tests held, and how many did not. */
export interface Counts {
  passed: number;
  failed: number;
}

/** Adds up. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce((total, one) => ({ passed: total.passed + one.passed, failed: total.failed + one.failed }), { passed: 0, failed: 0 });
}

const vitest = z.object({
  success: z.boolean(),
  numPassedTests: z.number().int(),
  numFailedTests: z.number().int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** Counts of a file of vitest's JSON reporter. A file of tests that could not even be loaded is one failure, as is a run that failed in no test. */
export function countVitest(text: string): Counts {
  const read = vitest.parse(JSON.parse(text));
  const broken = read.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((assertion) => assertion.status !== 'failed'),
  ).length;
  const failed = read.numFailedTests + broken;
  return { passed: read.numPassedTests, failed: failed === 0 && !read.success ? 1 : failed };
}

const playwright = z.object({
  stats: z.object({ expected: z.number().int(), unexpected: z.number().int(), flaky: z.number().int(), skipped: z.number().int() }),
  errors: z.array(z.unknown()).default([]),
});

/** Counts of a file of Playwright's JSON reporter. A journey that held only at a second try did not hold. */
export function countPlaywright(text: string): Counts {
  const { stats, errors } = playwright.parse(JSON.parse(text));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + (stats.unexpected + stats.flaky === 0 ? errors.length : 0) };
}

/** Counts what `check.ts` printed: each of its lines is one test. */
export function countChecks(lines: readonly string[]): Counts {
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  return { passed: count(/^ok {4}\S.* s$/), failed: count(/^FAIL {2}\S.* s$/) };
}

/** The counts of a result file; one failure when there is none that can be read. */
export async function countFile(path: string, count: (text: string) => Counts): Promise<Counts> {
  try {
    return count(await readFile(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** A runner that failed has at least one failure, whatever its result file says. */
export function withExit(counts: Counts, isOk: boolean): Counts {
  return isOk || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}
