import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../stack/programs.ts';
import { openClusterKeeper } from './cluster-keeper.ts';
import { countChecks, countFile, countVitest, sum, withExit } from './counts.ts';
import type { Counts } from './counts.ts';
import { minutesSince, runOnClusters } from './on-clusters.ts';
import type { ClusterSource, ClusterSuite } from './on-clusters.ts';
import { runCommand } from './run-command.ts';
import { withSecondTry } from './second-try.ts';
import { resultFile, runAgain, runEndToEnd, runExamples, runJourneys, suiteEnvironment, vitestReport } from './suites.ts';
import type { SuiteOptions } from './suites.ts';

/** The parts of a test run, in their order: what fails quickly comes first. */
export const stageNames = ['check', 'unit', 'db', 'contract', 'faults', 'journeys'] as const;
export type StageName = (typeof stageNames)[number];

/** More packages at once would only wait for the processor. */
const packagesAtOnce = 2;

/** What a run is to do. */
export interface TestRun {
  selected: ReadonlySet<StageName>;
  /** The server for tests that need one. */
  databaseUrl: string | null;
  /** Real clusters are wanted too, if this machine can have them. */
  withClusters: boolean;
  /** When the run must have ended. */
  deadlineMs: number;
  /** What does not hold is tried once more, and told when it holds then. */
  secondTry: boolean;
}

export interface TestResult {
  counts: Counts;
  /** What ran where, and what did not and why: for the end of the run. */
  lines: readonly string[];
}

/** Runs the selected parts, then what of them runs on real clusters too, and adds up. */
export async function runStages({ selected, databaseUrl, withClusters, deadlineMs, secondTry }: TestRun): Promise<TestResult> {
  const env = suiteEnvironment(databaseUrl);
  const options = { env, secondTry };
  await using source = clusterSource(withClusters, env);
  const all: Counts[] = [];
  const took: string[] = [];
  for (const { name, run } of ownSuites(selected, options)) {
    const startedMs = Date.now();
    all.push(await run());
    took.push(`${name} ${minutesSince(startedMs)}`);
  }
  const lines = [`run on this machine: ${took.join(', ')}`];
  const suites = clusterSuites(selected, options);
  if (suites.length === 0) return { counts: sum(all), lines };
  const onClusters = await runOnClusters(source, suites, deadlineMs);
  return { counts: sum([...all, onClusters.counts]), lines: [...lines, ...onClusters.lines] };
}

/** What runs on this machine alone, in its order. */
function ownSuites(selected: ReadonlySet<StageName>, options: SuiteOptions): { name: string; run: () => Promise<Counts> }[] {
  const packages = selected.has('unit') && selected.has('db') ? 'unit and db' : selected.has('db') ? 'db' : 'unit';
  return [
    ...(selected.has('check') ? [{ name: 'check', run: () => runChecks(options.env) }] : []),
    ...(selected.has('unit') || selected.has('db') ? [{ name: packages, run: () => runPackages(selected, options) }] : []),
    ...(selected.has('contract') ? [{ name: 'contract on the sandbox', run: () => runEndToEnd('test:contract', options) }] : []),
    ...(selected.has('faults') ? [{ name: 'faults on the sandbox', run: () => runEndToEnd('test:faults', options) }] : []),
    ...(selected.has('journeys') ? [{ name: 'journeys on the sandbox', run: () => runJourneys('test:journeys', options) }] : []),
  ];
}

const minuteMs = 60_000;

/** What runs on real clusters, the most telling first. */
function clusterSuites(selected: ReadonlySet<StageName>, options: SuiteOptions): ClusterSuite[] {
  const journeys = () => runJourneys('test:journeys:clusters', options);
  const contract = () => runEndToEnd('test:contract:clusters', options);
  const parts = () => runEndToEnd('test:cluster', options);
  return [
    ...(selected.has('journeys') ? [{ name: 'journeys', needsOwn: true, longestMs: 8 * minuteMs, run: journeys }] : []),
    ...(selected.has('contract') ? [{ name: 'contract', needsOwn: true, longestMs: 8 * minuteMs, run: contract }] : []),
    ...(selected.has('contract') ? [{ name: 'examples', needsOwn: true, longestMs: 6 * minuteMs, run: () => runExamples(options) }] : []),
    ...(selected.has('faults') ? [{ name: 'rights, parts and deaths', needsOwn: true, longestMs: 10 * minuteMs, run: parts }] : []),
  ];
}

/** Begins to build the clusters of this machine beside the other stages, when they are wanted and none are given. */
function clusterSource(withClusters: boolean, env: NodeJS.ProcessEnv): ClusterSource & AsyncDisposable {
  const nothingToEnd = { [Symbol.asyncDispose]: () => Promise.resolve() };
  if (!withClusters) return { kind: 'none', ...nothingToEnd };
  if ((env['FLOW_TEST_KUBECONFIG'] ?? '') !== '') return { kind: 'given', ...nothingToEnd };
  const keeper = openClusterKeeper(env);
  return { kind: 'own', keeper, [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose]() };
}

async function runChecks(env: NodeJS.ProcessEnv): Promise<Counts> {
  const { isOk, lines } = await runCommand({ program: process.execPath, args: [join(root, 'tooling/run/src/check.ts')], cwd: root, env });
  return withExit(countChecks(lines), isOk);
}

async function runPackages(selected: ReadonlySet<StageName>, { env, secondTry }: SuiteOptions): Promise<Counts> {
  const packages = testedPackages();
  // A file of an earlier run must not be counted for one that was killed before it wrote its own.
  await Promise.all(packages.map((folder) => rm(join(folder, resultFile), { force: true })));
  const turbo = join(root, 'node_modules/turbo/bin/turbo');
  const options = [`--concurrency=${packagesAtOnce}`, '--continue=always', '--filter=!@flow/e2e', '--output-logs=new-only', '--ui=stream'];
  const args = [turbo, 'run', 'test', ...options, '--', ...vitestReport, '--passWithNoTests', ...selection(selected)];
  const { isOk } = await runCommand({ program: process.execPath, args, cwd: root, env });
  const counts: Counts[] = [];
  for (const folder of packages) {
    const first = await countFile(join(folder, resultFile), countVitest);
    counts.push(secondTry ? await withSecondTry(first, (files) => runAgain(folder, files, env)) : first);
  }
  const hadFailures = counts.some(({ secondTries }) => secondTries.length > 0);
  return withExit(sum(counts), isOk || hadFailures);
}

/** vitest's arguments to run one kind of tests only. */
function selection(selected: ReadonlySet<StageName>): string[] {
  if (selected.has('unit') && selected.has('db')) return [];
  return selected.has('db') ? ['.db.test.ts'] : ['--exclude', '**/*.db.test.ts'];
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
