import { isTerminal } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import { rolloutView } from '@flow/core/rollout';
import type { OtherDeployment, Relation, RuleFacts, TargetFacts, WorkingHours } from '@flow/core/rule';
import type { EnvironmentDetail } from '@flow/db/catalog';
import type { RunningWithBuild } from '@flow/db/facts';

/** Nine to five in a place that is nobody's: what is assumed of a team that says nothing. */
export const usualHours: WorkingHours = { zone: 'UTC', days: [1, 2, 3, 4, 5], startMinute: 540, endMinute: 1_020 };

/** How a service is related to the one in question. */
export function relationOf(
  serviceId: string,
  to: { serviceId: string; dependencies: ReadonlySet<string>; dependents: ReadonlySet<string> },
): Relation {
  if (serviceId === to.serviceId) return 'same';
  if (to.dependencies.has(serviceId)) return 'dependency';
  return to.dependents.has(serviceId) ? 'dependent' : 'none';
}

/** Where a deployment stands, as rules tell it apart. Null for one that ended without touching anything. */
export function standingOf(state: DeploymentState): OtherDeployment['state'] | null {
  if (state === 'succeeded' || state === 'failed' || state === 'rolledBack') return state;
  if (isTerminal(state)) return null;
  return state === 'preparing' || state === 'awaitingApproval' || state === 'held' ? 'queued' : 'inFlight';
}

/** Share of the canary in percent: the furthest of its regions. */
export function weightOf(targets: readonly { observed: unknown }[]): number {
  return Math.max(0, ...targets.map((target) => rolloutView.safeParse(target.observed).data?.canaryWeight ?? 0));
}

type Running = readonly RunningWithBuild[];

/** The targets of the environment where nothing of the service was seen healthy. */
export function targetsWithoutGood({ targets }: EnvironmentDetail, running: Running): string[] {
  const known = new Set(running.map(({ targetId }) => targetId));
  return targets.flatMap(({ id }) => (known.has(id) ? [] : [id]));
}

interface InTargets {
  running: Running;
  /** Targets without a version that was seen healthy, where Helm has made a release all the same. */
  released: ReadonlySet<string>;
  moving: readonly { clusterId: string; region: string; count: number }[];
}

/** Each region of the plan, with how busy it is and whether there is a way back. */
export function targetFactsOf(environment: EnvironmentDetail, { running, released, moving }: InTargets): TargetFacts[] {
  const sum = (matches: (one: { clusterId: string; region: string }) => boolean): number =>
    moving.filter(matches).reduce((total, one) => total + one.count, 0);
  return environment.targets.map((target) => {
    const runs = running.find((one) => one.targetId === target.id);
    return {
      region: target.region,
      cluster: target.clusterName,
      inFlightInRegion: sum((one) => one.region === target.region),
      inFlightInCluster: sum((one) => one.clusterId === target.clusterId),
      hasRelease: runs !== undefined || released.has(target.id),
      // A version is recorded as running only after it was seen healthy: a release without one never was, and one that was put in quarantine since is no way
      // back either.
      lastGoodKnown: runs?.isQuarantined === false,
    };
  });
}

/** What the environments below say of an artifact. */
export function soakOf(
  artifact: { digest: string; builtAt: Date },
  environment: EnvironmentDetail,
  below: { environments: readonly EnvironmentDetail[]; running: Running },
): Pick<RuleFacts['artifact'], 'soakingSince' | 'newerBelow'> {
  const lower = below.environments.filter((one) => one.position < environment.position && one.kind !== 'ephemeral');
  const next = lower.toSorted((left, right) => right.position - left.position)[0];
  const there = below.running.filter((one) => one.environmentId === next?.id);
  const isEverywhere = next !== undefined && next.targets.length > 0 && next.targets.every((target) => runsIn(there, target.id, artifact));
  const newest = there.map((one) => one.since.getTime());
  return {
    soakingSince: isEverywhere ? new Date(Math.max(...newest)) : null,
    newerBelow: lower
      .filter((one) => below.running.some((found) => found.environmentId === one.id && found.builtAt > artifact.builtAt))
      .map((one) => one.name),
  };
}

function runsIn(running: Running, targetId: string, { digest }: { digest: string }): boolean {
  return running.some((one) => one.targetId === targetId && one.digest === digest);
}
