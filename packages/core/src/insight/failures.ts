import { deliveredAt, endingIn } from './ending.ts';
import type { DeploymentFact, TargetFact } from './facts.ts';

/** A change that failed, and what restored the service. */
export interface Failure {
  fact: DeploymentFact;
  /** When it was known to have failed; null where that was not recorded. */
  failedAt: Date | null;
  /** When the service was restored; null while it is not. */
  restoredAt: Date | null;
  /** What happened, for people. */
  sentence: string;
}

/**
 * The changes that failed: a deployment (not a way back) that went back or ended in a state that a person must look at; and one that became healthy and that
 * somebody went back from, or to which an incident of its service is tied. By DORA these are the deployments that "require immediate intervention"
 * (https://dora.dev/guides/dora-metrics/).
 *
 * It is known to have failed when its first region failed or began to go back, when somebody asked to go back from it, or when the incident was opened. The
 * service is restored when what had failed is back on the version from before, at the next deployment that becomes healthy in the place, or when the incident
 * is closed. `facts` must hold everything that has ended in the places since.
 */
export function failuresOf(facts: readonly DeploymentFact[], region: string | null): readonly Failure[] {
  const healthyAt = healthyTimes(facts, region);
  return facts.flatMap((fact): readonly Failure[] => {
    if (fact.kind !== 'deploy') return [];
    const next = (after: Date | null): Date | null =>
      after === null ? null : (healthyAt.get(placeOf(fact))?.find(({ at, id }) => id !== fact.id && at > after)?.at ?? null);
    const ending = endingIn(fact, region);
    if (ending === 'failed') return [ownFailure(fact, region, next)];
    return ending === 'delivered' && fact.aftermath !== null ? [laterFailure(fact, fact.aftermath, next)] : [];
  });
}

type NextHealthy = (after: Date | null) => Date | null;

function ownFailure(fact: DeploymentFact, region: string | null, next: NextHealthy): Failure {
  const touched = fact.targets.filter((target) => (region === null || target.region === region) && wasTouched(target));
  const failedAt = earliest(touched.flatMap((target) => target.failedAt ?? []));
  const isBack = touched.every(({ state }) => state === 'rolledBack' || state === 'healthy');
  const backAt = isBack ? latest(touched.flatMap(({ state, finishedAt }) => (state === 'rolledBack' ? (finishedAt ?? []) : []))) : null;
  return { fact, failedAt, restoredAt: backAt ?? next(failedAt), sentence: fact.reason ?? '' };
}

function laterFailure(fact: DeploymentFact, aftermath: NonNullable<DeploymentFact['aftermath']>, next: NextHealthy): Failure {
  switch (aftermath.kind) {
    case 'takenBack':
      return {
        fact,
        failedAt: aftermath.askedAt,
        restoredAt: next(aftermath.askedAt),
        sentence: 'It was gone back from after it had become healthy',
      };
    case 'incident':
      return {
        fact,
        failedAt: aftermath.openedAt,
        restoredAt: aftermath.closedAt,
        sentence: 'An incident of its service began within a day',
      };
  }
}

function wasTouched({ state }: TargetFact): boolean {
  return state !== 'pending' && state !== 'skipped';
}

/** When something became healthy in each place, oldest first. */
function healthyTimes(facts: readonly DeploymentFact[], region: string | null): ReadonlyMap<string, readonly { id: string; at: Date }[]> {
  const healthy = facts
    .filter((fact) => endingIn(fact, region) === 'delivered')
    .map((fact) => ({ id: fact.id, place: placeOf(fact), at: deliveredAt(fact, region) }))
    .toSorted((left, right) => left.at.getTime() - right.at.getTime());
  return Map.groupBy(healthy, ({ place }) => place);
}

function placeOf({ serviceId, environmentId }: DeploymentFact): string {
  return `${serviceId} ${environmentId}`;
}

function earliest(dates: readonly Date[]): Date | null {
  return dates.reduce<Date | null>((found, date) => (found === null || date < found ? date : found), null);
}

function latest(dates: readonly Date[]): Date | null {
  return dates.reduce<Date | null>((found, date) => (found === null || date > found ? date : found), null);
}
