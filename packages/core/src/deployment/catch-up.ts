import { z } from 'zod';
import { isTerminal } from './state.ts';
import type { DeploymentState } from './state.ts';

/** How far a region is that was skipped: it waits to be caught up, a deployment does that, or it is not caught up any more. */
export const catchUpState = z.enum(['waiting', 'started', 'dropped']);
export type CatchUpState = z.infer<typeof catchUpState>;

/** All that catching up a region depends on that a deployment has skipped. */
export interface CatchUpFacts {
  /** The state of the deployment that skipped it. */
  deployment: DeploymentState;
  /** The service, the environment and the region are there still. */
  isPlaceOpen: boolean;
  isReachable: boolean;
  /** What runs in the region is the same artifact already. */
  isThere: boolean;
  /** Another deployment of the service to the environment waits or moves. */
  isOtherOpen: boolean;
  /** One that was asked for after this, for this region too, has succeeded: it runs there, or the region is behind it as well. Or somebody went back. */
  isOvertaken: boolean;
}

/** Whether the region is caught up now, later, or not any more; each with why, as people read it. */
export type CatchUp = { kind: 'start' } | { kind: 'wait'; why: string } | { kind: 'drop'; why: string };

/**
 * What becomes of a region that was skipped. It gets what the others got, once it can be reached and nobody else is about to deploy there: a request of Flow's own
 * must not take over one that waits. Of a deployment that did not succeed in the others a person decides.
 */
export function decideCatchUp(facts: CatchUpFacts): CatchUp {
  const { deployment, isPlaceOpen, isReachable, isThere, isOtherOpen, isOvertaken } = facts;
  if (!isPlaceOpen) return { kind: 'drop', why: 'the service, the environment or the region is no longer there' };
  if (!isTerminal(deployment)) return { kind: 'wait', why: 'the deployment goes on in the other regions' };
  if (deployment !== 'succeeded') return { kind: 'drop', why: 'the deployment did not succeed in the other regions' };
  if (isOvertaken) return { kind: 'drop', why: 'a later deployment has succeeded, or somebody went back' };
  if (isThere) return { kind: 'drop', why: 'it runs there already' };
  if (isOtherOpen) return { kind: 'wait', why: 'another deployment waits or moves there' };
  return isReachable ? { kind: 'start' } : { kind: 'wait', why: 'its cluster cannot be reached' };
}
