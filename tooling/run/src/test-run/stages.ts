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
import { resultFile, runEndToEnd, runExamples, runJourneys, suiteEnvironment, vitestReport } from './suites.ts';

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
}

export interface TestResult {
  counts: Counts;
  /** What ran where, and what did not and why: for the end of the run. */
  lines: readonly string[];
}

/** Runs the selected parts, then what of them runs on real clusters too, and adds up. */
export async function runStages({ selected, databaseUrl, withClusters, deadlineMs }: TestRun): Promise<TestResult> {
  const env = suiteEnvironment(databaseUrl);
  await using source = clusterSource(withClusters, env);
  const all: Counts[] = [];
  const took: string[] = [];
  for (const { name, run } of ownSuites(selected, env)) {
    const startedMs = Date.now();
    all.push(await run());
    took.push(`${name} ${minutesSince(startedMs)}`);
  }
  const lines = [`run on this machine: ${took.join(', ')}`];
  const suites = clusterSuites(selected, env);
  if (suites.length === 0) return { counts: sum(all), lines };
  const onClusters = await runOnClusters(source, suites, deadlineMs);
  return { counts: sum([...all, onClusters.counts]), lines: [...lines, ...onClusters.lines] };
}

/** What runs on this machine alone, in its order. */
function ownSuites(selected: ReadonlySet<StageName>, env: NodeJS.ProcessEnv): { name: string; run: () => Promise<Counts> }[] {
  const packages = selected.has('unit') && selected.has('db') ? 'unit and db' : selected.has('db') ? 'db' : 'unit';
  return [
    ...(selected.has('check') ? [{ name: 'check', run: () => runChecks(env) }] : []),
    ...(selected.has('unit') || selected.has('db') ? [{ name: packages, run: () => runPackages(selected, env) }] : []),
    ...(selected.has('contract') ? [{ name: 'contract on the sandbox', run: () => runEndToEnd('test:contract', env) }] : []),
    ...(selected.has('faults') ? [{ name: 'faults on the sandbox', run: () => runEndToEnd('test:faults', env) }] : []),
    ...(selected.has('journeys') ? [{ name: 'journeys on the sandbox', run: () => runJourneys('test:journeys', env) }] : []),
  ];
}

const minuteMs = 60_000;

/** What runs on real clusters, the most telling first. */
function clusterSuites(selected: ReadonlySet<StageName>, env: NodeJS.ProcessEnv): ClusterSuite[] {
  const journeys = () => runJourneys('test:journeys:clusters', env);
  const contract = () => runEndToEnd('test:contract:clusters', env);
  const parts = () => runEndToEnd('test:cluster', env);
  return [
    ...(selected.has('journeys') ? [{ name: 'journeys', needsOwn: true, longestMs: 8 * minuteMs, run: journeys }] : []),
    ...(selected.has('contract') ? [{ name: 'contract', needsOwn: true, longestMs: 8 * minuteMs, run: contract }] : []),
    ...(selected.has('contract') ? [{ name: 'examples', needsOwn: true, longestMs: 6 * minuteMs, run: () => runExamples(env) }] : []),
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

async function runPackages(selected: ReadonlySet<StageName>, env: NodeJS.ProcessEnv): Promise<Counts> {
  const packages = testedPackages();
  // A file of an earlier run must not be counted for one that was killed before it wrote its own.
  await Promise.all(packages.map((folder) => rm(join(folder, resultFile), { force: true })));
  const turbo = join(root, 'node_modules/turbo/bin/turbo');
  const options = [`--concurrency=${packagesAtOnce}`, '--continue=always', '--filter=!@flow/e2e', '--output-logs=new-only', '--ui=stream'];
  const args = [turbo, 'run', 'test', ...options, '--', ...vitestReport, '--passWithNoTests', ...selection(selected)];
  const { isOk } = await runCommand({ program: process.execPath, args, cwd: root, env });
  const counts = await Promise.all(packages.map((folder) => countFile(join(folder, resultFile), countVitest)));
  return withExit(sum(counts), isOk);
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
