import type { TargetState } from '../deployment/index.ts';
import type { DeploymentFact } from './facts.ts';

/**
 * How a deployment ended, in all of its regions or in one.
 * - `delivered`: the new version was seen healthy there. - `failed`: it went back there, or has to be looked at. - `untouched`: nothing was begun there.
 */
export type Ending = 'delivered' | 'failed' | 'untouched';

/** What the state of a region comes to, once its deployment has ended. */
const endings = {
  pending: 'untouched',
  skipped: 'untouched',
  healthy: 'delivered',
  applying: 'failed',
  progressing: 'failed',
  paused: 'failed',
  aborted: 'failed',
  rollingBack: 'failed',
  rolledBack: 'failed',
  failed: 'failed',
} as const satisfies Record<TargetState, Ending>;

/** How it ended in the region, or as a whole. Delivered as a whole is only what is healthy in every region. */
export function endingIn(fact: DeploymentFact, region: string | null): Ending {
  if (fact.startedAt === null) return 'untouched';
  if (region === null) return fact.state === 'succeeded' ? 'delivered' : 'failed';
  const target = fact.targets.find((one) => one.region === region);
  return target === undefined ? 'untouched' : endings[target.state];
}

/** When the new version was healthy in the region, or in every region. */
export function deliveredAt(fact: DeploymentFact, region: string | null): Date {
  return fact.targets.find((target) => target.region === region)?.finishedAt ?? fact.finishedAt;
}

/** Whether it was meant for the region; without one, for any. */
export function isFor(fact: DeploymentFact, region: string | null): boolean {
  return region === null || fact.targets.some((target) => target.region === region);
}
