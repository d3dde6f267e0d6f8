import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

/** How many tests held, and how many did not. */
export interface Counts {
  passed: number;
  failed: number;
  /** Tests that did not hold, as far as their runner names them: a runner that failed in no test counts one and names none. */
  failures: readonly Failure[];
  /** Tests that held only when they were tried a second time: each hides a race. They count as passed. */
  secondTries: readonly Failure[];
}

/** A test that did not hold. */
export interface Failure {
  /** The file of the test; absolute where its runner says so. */
  file: string;
  /** The test, or null where the whole file could not be loaded. */
  name: string | null;
  /** The first line of what it said. */
  message: string;
}

export const noCounts: Counts = { passed: 0, failed: 0, failures: [], secondTries: [] };

/** Adds up. */
export function sum(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((total, { passed }) => total + passed, 0),
    failed: all.reduce((total, { failed }) => total + failed, 0),
    failures: all.flatMap(({ failures }) => failures),
    secondTries: all.flatMap(({ secondTries }) => secondTries),
  };
}

const vitest = z.object({
  success: z.boolean(),
  numPassedTests: z.number().int(),
  numFailedTests: z.number().int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() })),
    }),
  ),
});

/** Counts of a file of vitest's JSON reporter. A file of tests that could not even be loaded is one failure, as is a run that failed in no test. */
export function countVitest(text: string): Counts {
  const read = vitest.parse(JSON.parse(text));
  const failures = read.testResults.flatMap(({ name: file, status, message, assertionResults }): Failure[] => {
    const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [{ file, name: null, message: firstLine(message) }] : [];
    return failed.map(({ fullName, failureMessages }) => ({ file, name: fullName, message: firstLine(failureMessages?.[0] ?? '') }));
  });
  const failed = Math.max(failures.length, read.numFailedTests);
  return { ...noCounts, passed: read.numPassedTests, failed: failed === 0 && !read.success ? 1 : failed, failures };
}

const playwrightTest = z.object({
  status: z.string(),
  results: z.array(z.object({ error: z.object({ message: z.string().default('') }).optional() })).default([]),
});
const playwrightSpec = z.object({ title: z.string(), file: z.string(), tests: z.array(playwrightTest) });
const playwrightSuite = z.object({
  specs: z.array(playwrightSpec).default([]),
  get suites() {
    return z.array(playwrightSuite).default([]);
  },
});
const playwright = z.object({
  stats: z.object({ expected: z.number().int(), unexpected: z.number().int(), flaky: z.number().int(), skipped: z.number().int() }),
  suites: z.array(playwrightSuite).default([]),
  errors: z.array(z.unknown()).default([]),
});

/** Counts of a file of Playwright's JSON reporter. A journey has a second try only where that was asked for. */
export function countPlaywright(text: string): Counts {
  const { stats, suites, errors } = playwright.parse(JSON.parse(text));
  const tests = suites.flatMap(testsOf);
  const named = (status: string): Failure[] => tests.filter((one) => one.status === status).map(({ failure }) => failure);
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected === 0 ? errors.length : stats.unexpected,
    failures: named('unexpected'),
    secondTries: named('flaky'),
  };
}

function testsOf(suite: z.output<typeof playwrightSuite>): { status: string; failure: Failure }[] {
  const own = suite.specs.flatMap(({ title, file, tests }) =>
    tests.map(({ status, results }) => {
      const error = results.find((result) => result.error !== undefined)?.error;
      return { status, failure: { file, name: title, message: firstLine(error?.message ?? '') } };
    }),
  );
  return [...own, ...suite.suites.flatMap(testsOf)];
}

/** Counts what `check.ts` printed: each of its lines is one test. */
export function countChecks(lines: readonly string[]): Counts {
  const words = (pattern: RegExp): string[] => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  const failed = words(/^FAIL {2}(\S+).* s$/);
  const failures = failed.map((name) => ({ file: 'pnpm check', name, message: `pnpm check --only ${name} shows it` }));
  return { ...noCounts, passed: words(/^ok {4}(\S+).* s$/).length, failed: failed.length, failures };
}

/** The counts of a result file; one failure when there is none that can be read. */
export async function countFile(path: string, count: (text: string) => Counts): Promise<Counts> {
  try {
    return count(await readFile(path, 'utf8'));
  } catch {
    const failure = { file: path, name: null, message: 'There is no result that can be read: the runner ended before it wrote one' };
    return { ...noCounts, failed: 1, failures: [failure] };
  }
}

/** A runner that failed has at least one failure, whatever its result file says. */
export function withExit(counts: Counts, isOk: boolean): Counts {
  return isOk || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function firstLine(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n');
  return (
    lines
      .find((line) => line.trim() !== '')
      ?.trim()
      .slice(0, 300) ?? ''
  );
}
