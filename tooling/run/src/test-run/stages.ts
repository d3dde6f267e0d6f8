import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { root } from '../stack/programs.ts';
import { countChecks, countFile, countPlaywright, countVitest, sum, withExit } from './counts.ts';
import type { Counts } from './counts.ts';
import { runCommand } from './run-command.ts';

/** The parts of a test run, in their order: what fails quickly comes first. */
export const stageNames = ['check', 'unit', 'db', 'contract', 'journeys'] as const;
export type StageName = (typeof stageNames)[number];

/** Where each runner writes its results, below its package. It is an output of turbo's task, so that a run that was skipped still counts. */
const resultFile = 'test-results/vitest.json';
const vitestReport = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`, '--passWithNoTests'];
/** More packages at once would only wait for the processor. */
const packagesAtOnce = 2;

/** Runs the selected parts and adds up. `databaseUrl` is the server for tests that need one. */
export async function runStages(selected: ReadonlySet<StageName>, databaseUrl: string | null): Promise<Counts> {
  const env = environment(databaseUrl);
  const all: Counts[] = [];
  if (selected.has('check')) all.push(await runChecks(env));
  if (selected.has('unit') || selected.has('db')) all.push(await runPackages(selected, env));
  if (selected.has('contract')) all.push(await runContract(env));
  if (selected.has('journeys')) all.push(await runJourneys(env));
  return sum(all);
}

async function runChecks(env: NodeJS.ProcessEnv): Promise<Counts> {
  const { isOk, lines } = await runCommand({ program: process.execPath, args: [join(root, 'tooling/run/src/check.ts')], cwd: root, env });
  return withExit(countChecks(lines), isOk);
}

async function runPackages(selected: ReadonlySet<StageName>, env: NodeJS.ProcessEnv): Promise<Counts> {
  const packages = testedPackages();
  // A file of an earlier run must not be counted for one that was killed before it wrote its own.
  await Promise.all(packages.map((folder) => rm(join(folder, resultFile), { force: true })));
  const turbo = join(root, 'node_modules/turbo/bin/turbo');
  const options = [`--concurrency=${packagesAtOnce}`, '--continue=always', '--filter=!@flow/e2e', '--output-logs=new-only', '--ui=stream'];
  const args = [turbo, 'run', 'test', ...options, '--', ...vitestReport, ...selection(selected)];
  const { isOk } = await runCommand({ program: process.execPath, args, cwd: root, env });
  const counts = await Promise.all(packages.map((folder) => countFile(join(folder, resultFile), countVitest)));
  return withExit(sum(counts), isOk);
}

/** vitest's arguments to run one kind of tests only. */
function selection(selected: ReadonlySet<StageName>): string[] {
  if (selected.has('unit') && selected.has('db')) return [];
  return selected.has('db') ? ['.db.test.ts'] : ['--exclude', '**/*.db.test.ts'];
}

async function runContract(env: NodeJS.ProcessEnv): Promise<Counts> {
  await rm(join(root, 'e2e', resultFile), { force: true });
  const { isOk } = await runCommand({
    ...pnpm(['--filter', '@flow/e2e', 'run', 'test:contract', ...vitestReport, '--exclude', '**/*.spec.ts']),
    cwd: root,
    env,
  });
  return withExit(await countFile(join(root, 'e2e', resultFile), countVitest), isOk);
}

async function runJourneys(env: NodeJS.ProcessEnv): Promise<Counts> {
  const report = join(root, 'e2e/test-results/journeys.json');
  await rm(report, { force: true });
  await mkdir(dirname(report), { recursive: true });
  const { isOk } = await runCommand({
    ...pnpm(['--filter', '@flow/e2e', 'run', 'test:journeys', '--reporter=list,json']),
    cwd: root,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  return withExit(await countFile(report, countPlaywright), isOk);
}

function environment(databaseUrl: string | null): NodeJS.ProcessEnv {
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

const manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** Folders of the packages that have a test script, the end-to-end ones aside. */
function testedPackages(): string[] {
  const folders = ['apps', 'packages', 'tooling'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)));
  return folders.filter((folder) => {
    const path = join(folder, 'package.json');
    return existsSync(path) && manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).scripts['test'] !== undefined;
  });
}
