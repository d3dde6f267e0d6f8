import type { ClusterKeeper } from './cluster-keeper.ts';
import { noCounts, sum } from './counts.ts';
import type { Counts } from './counts.ts';

/** A suite on real clusters. */
export interface ClusterSuite {
  /** What it is, in the closing lines. */
  name: string;
  /** It needs the clusters of this machine: their parts, and what is beside them on loopback. */
  needsOwn: boolean;
  /** So long it may take on a slow machine: it does not begin when less is left. */
  longestMs: number;
  run: () => Promise<SuiteCounts>;
}

/** What came of a suite; `more` is told in its closing line. */
export interface SuiteCounts extends Counts {
  more?: string;
}

/** Whose clusters they are. */
export type ClusterSource =
  /** Nobody asked for real clusters. */
  | { kind: 'none' }
  /** Those of FLOW_TEST_KUBECONFIG, which are up. */
  | { kind: 'given' }
  /** Those of this machine, when it can have them. */
  | { kind: 'own'; keeper: ClusterKeeper };

export interface ClusterRun {
  counts: Counts;
  /** What ran on real clusters and what did not, and why: one line each, for the end of the run. */
  lines: readonly string[];
}

/** Time for the start of clusters and for their end. */
const aroundMs = 3 * 60_000;

/** Runs the suites on real clusters, as many as may begin before the deadline. A suite that is left out counts nothing, and is told with its reason. */
export async function runOnClusters(source: ClusterSource, suites: readonly ClusterSuite[], deadlineMs: number): Promise<ClusterRun> {
  const leftOut = (why: string): ClusterRun => ({ counts: noCounts, lines: [`NOT RUN on real clusters: ${namesOf(suites)}. ${why}`] });
  if (source.kind === 'none') return leftOut('Nobody asked for it: pnpm test --clusters, see docs/cluster.md');
  const shortest = Math.min(...suites.map(({ longestMs }) => longestMs));
  const kept = source.kind === 'own' ? await source.keeper.start(deadlineMs - shortest - aroundMs) : { ok: true as const };
  if (!kept.ok) return leftOut(`This machine has none: ${kept.why}`);
  const all: Counts[] = [];
  const lines: string[] = [];
  for (const suite of suites) {
    const why = obstacle(suite, source, deadlineMs);
    if (why !== null) {
      lines.push(`NOT RUN on real clusters: ${suite.name}. ${why}`);
      continue;
    }
    const startedMs = Date.now();
    const { more, ...counts } = await suite.run();
    const { passed, failed } = counts;
    all.push(counts);
    lines.push(
      `run on real clusters: ${suite.name}, ${passed} passed, ${failed} failed${more === undefined ? '' : ` (${more})`}, ${minutesSince(startedMs)}`,
    );
  }
  return { counts: sum(all), lines };
}

/** How long something took, for a closing line. */
export function minutesSince(startedMs: number): string {
  return `${((Date.now() - startedMs) / 60_000).toFixed(1)} min`;
}

function obstacle(suite: ClusterSuite, source: ClusterSource, deadlineMs: number): string | null {
  if (suite.needsOwn && source.kind === 'given') return 'It needs clusters of this machine, and FLOW_TEST_KUBECONFIG names others';
  if (Date.now() + suite.longestMs > deadlineMs) return 'The time of this run is over';
  return null;
}

function namesOf(suites: readonly ClusterSuite[]): string {
  return suites.map(({ name }) => name).join(', ');
}
