import type { DeploymentState, TargetState } from './state.ts';

/** Every allowed change of a deployment's state. Writers refuse what is not here. */
export const deploymentTransitions = {
  preparing: ['awaitingApproval', 'held', 'deploying', 'failed', 'rejected', 'superseded', 'cancelled'],
  awaitingApproval: ['held', 'deploying', 'rejected', 'expired', 'superseded', 'cancelled'],
  held: ['awaitingApproval', 'deploying', 'rejected', 'superseded', 'cancelled'],
  deploying: ['baking', 'paused', 'rollingBack', 'succeeded', 'failed'],
  baking: ['deploying', 'paused', 'rollingBack'],
  paused: ['deploying', 'baking', 'rollingBack', 'succeeded', 'failed'],
  rollingBack: ['rolledBack', 'failed'],
  succeeded: [],
  rolledBack: [],
  failed: [],
  rejected: [],
  expired: [],
  superseded: [],
  cancelled: [],
} as const satisfies Record<DeploymentState, readonly DeploymentState[]>;

/** Every allowed change of a target's state. */
export const targetTransitions = {
  pending: ['applying', 'skipped'],
  applying: ['progressing', 'paused', 'healthy', 'aborted', 'rollingBack', 'failed'],
  progressing: ['paused', 'healthy', 'aborted', 'rollingBack', 'failed'],
  paused: ['progressing', 'healthy', 'aborted', 'rollingBack', 'failed'],
  healthy: ['rollingBack', 'failed'],
  aborted: ['progressing', 'paused', 'healthy', 'rollingBack', 'failed'],
  rollingBack: ['rolledBack', 'failed'],
  rolledBack: [],
  failed: ['rollingBack'],
  skipped: [],
} as const satisfies Record<TargetState, readonly TargetState[]>;

/** True when the table has the edge, or when nothing changes. */
export function mayBecome(from: DeploymentState, to: DeploymentState): boolean {
  const edges: readonly DeploymentState[] = deploymentTransitions[from];
  return from === to || edges.includes(to);
}

/** The same for a target. */
export function targetMayBecome(from: TargetState, to: TargetState): boolean {
  const edges: readonly TargetState[] = targetTransitions[from];
  return from === to || edges.includes(to);
}
