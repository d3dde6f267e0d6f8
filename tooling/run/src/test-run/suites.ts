import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { root } from '../stack/programs.ts';
import { countFile, countPlaywright, countVitest, withExit } from './counts.ts';
import type { Counts } from './counts.ts';
import type { SuiteCounts } from './on-clusters.ts';
import { runCommand } from './run-command.ts';
import { withSecondTry } from './second-try.ts';

/** Where each runner of vitest writes its results, below its package. It is an output of turbo's task, so that a run that was skipped still counts. */
export const resultFile = 'test-results/vitest.json';
export const vitestReport = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];

/** How suites run. */
export interface SuiteOptions {
  env: NodeJS.ProcessEnv;
  /** What does not hold is tried once more. */
  secondTry: boolean;
}

/** Runs one of the end-to-end suites that need no browser, by its script. */
export async function runEndToEnd(script: string, { env, secondTry }: SuiteOptions): Promise<Counts> {
  const run = async (files: readonly string[]): Promise<Counts> => {
    await rm(join(root, 'e2e', resultFile), { force: true });
    const { isOk } = await runCommand({ ...pnpm(['--filter', '@flow/e2e', 'run', script, ...files, ...vitestReport]), cwd: root, env });
    return withExit(await countFile(join(root, 'e2e', resultFile), countVitest), isOk);
  };
  const first = await run([]);
  return secondTry ? withSecondTry(first, run) : first;
}

/** Runs files of tests of a package again. */
export async function runAgain(folder: string, files: readonly string[], env: NodeJS.ProcessEnv): Promise<Counts> {
  await rm(join(folder, resultFile), { force: true });
  const { isOk } = await runCommand({ ...pnpm(['exec', 'vitest', 'run', ...files, ...vitestReport]), cwd: folder, env });
  return withExit(await countFile(join(folder, resultFile), countVitest), isOk);
}

const exampleCounts = z.object({
  examples: z.object({ run: z.number(), equal: z.number(), different: z.number(), unsupported: z.number() }),
});

/** Runs the published examples on both engines; beside its counts it tells how they compared. */
export async function runExamples(options: SuiteOptions): Promise<SuiteCounts> {
  const report = join(root, 'e2e/test-results/example-counts.json');
  await rm(report, { force: true });
  const counts = await runEndToEnd('test:examples', options);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { ...withExit(counts, false), more: 'they did not end' };
  const { run, equal, different, unsupported } = exampleCounts.parse(JSON.parse(text)).examples;
  return { ...counts, more: `${run} run, ${equal} equal, ${different} different, ${unsupported} unsupported` };
}

/** Runs journeys in the browser, by their script. */
export async function runJourneys(script: string, { env, secondTry }: SuiteOptions): Promise<Counts> {
  const report = join(root, 'e2e/test-results', `${script.replaceAll(':', '-')}.json`);
  await rm(report, { force: true });
  await mkdir(dirname(report), { recursive: true });
  const { isOk } = await runCommand({
    ...pnpm(['--filter', '@flow/e2e', 'run', script, '--reporter=list,json', ...(secondTry ? ['--retries=1'] : [])]),
    cwd: root,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  return withExit(await countFile(report, countPlaywright), isOk);
}

/** What every suite gets. `databaseUrl` is the server for tests that need one. */
export function suiteEnvironment(databaseUrl: string | null): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
    ...(databaseUrl === null ? {} : { FLOW_TEST_DATABASE_URL: databaseUrl }),
    NEXT_TELEMETRY_DISABLED: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    DO_NOT_TRACK: '1',
  };
}

/** The pnpm that runs this script, or the one in PATH. */
function pnpm(args: readonly string[]): { program: string; args: readonly string[] } {
  const own = process.env['npm_execpath'] ?? '';
  if (!own.includes('pnpm')) return { program: 'pnpm', args };
  return /\.[cm]?js$/.test(own) ? { program: process.execPath, args: [own, ...args] } : { program: own, args };
}
