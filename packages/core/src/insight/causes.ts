import { isFor } from './ending.ts';
import type { DeploymentFact, TargetFact } from './facts.ts';

/**
 * Why something went back.
 * - `person`: a person asked for it while it moved. - `governance`: a freeze, a guardrail or a quarantine took it back.
 * - `metric:<name>`: its canary was beyond the limit of this metric. - `unmeasured:<name>`: this metric could not be measured.
 * - `release`: Helm or the controller could not bring it up. - `takenBack` and `takenBackByProgram`: a person, or a program or Flow itself, went back from what had
 *   succeeded before. - `unknown`: it was not recorded.
 */
export type RollbackCause =
  | 'person'
  | 'governance'
  | 'release'
  | 'takenBack'
  | 'takenBackByProgram'
  | 'unknown'
  | `metric:${string}`
  | `unmeasured:${string}`;

/** Why it went back, in all or in the region; null when it did not. A way back from what had succeeded is one by itself. */
export function rollbackCauseOf(fact: DeploymentFact, region: string | null): RollbackCause | null {
  const back = fact.targets.filter((target) => (region === null || target.region === region) && target.state === 'rolledBack');
  if (back.length > 0) return causeOfBack(fact, back);
  if (fact.kind !== 'rollback' || fact.startedAt === null || !isFor(fact, region)) return null;
  return fact.invoker === 'person' ? 'takenBack' : 'takenBackByProgram';
}

function causeOfBack(fact: DeploymentFact, back: readonly TargetFact[]): RollbackCause {
  if (fact.backCause === 'person' || fact.backCause === 'governance') return fact.backCause;
  // Where a region may go back by itself the deployment as a whole does not; without a time it is from before either was recorded.
  if (fact.backCause === null && back.every(({ failedAt }) => failedAt === null)) return 'unknown';
  const bad = inOrderOfFailure(fact.targets).find(({ badMetric }) => badMetric !== null)?.badMetric ?? null;
  if (bad === null) return 'release';
  return bad.isMeasured ? `metric:${bad.name}` : `unmeasured:${bad.name}`;
}

function inOrderOfFailure(targets: readonly TargetFact[]): readonly TargetFact[] {
  const timeOf = ({ failedAt }: TargetFact): number => failedAt?.getTime() ?? Infinity;
  return targets
    .filter(({ failedAt }) => failedAt !== null)
    .toSorted((left, right) => timeOf(left) - timeOf(right) || left.wave - right.wave || (left.region < right.region ? -1 : 1));
}
