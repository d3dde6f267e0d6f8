import type { DeploymentState } from '@flow/core/deployment';

// Written out rather than read from the schema: a page should not load a library of schemas for thirteen words.
const known = {
  preparing: true,
  awaitingApproval: true,
  held: true,
  deploying: true,
  baking: true,
  paused: true,
  rollingBack: true,
  succeeded: true,
  rolledBack: true,
  failed: true,
  rejected: true,
  expired: true,
  superseded: true,
  cancelled: true,
} satisfies Record<DeploymentState, true>;

/** Every state of a deployment, in the order in which it comes to them. */
export const deploymentStates: readonly string[] = Object.keys(known);

/** Whether a word, as out of an address, is a state of a deployment. */
export function isDeploymentState(word: string | null): word is DeploymentState {
  return word !== null && Object.hasOwn(known, word);
}
