import { z } from 'zod';

/**
 * States of a deployment.
 * - `preparing`: asked for; the worker checks that the image exists, renders the chart for every target, checks the manifests and compares them
 *   with what runs. Left to `awaitingApproval`, `held` or `deploying`, or to `failed` when it cannot be rendered.
 * - `awaitingApproval`: prepared; its verdict needs votes. Left by enough votes, a rejection, expiry, or a newer request.
 * - `held`: allowed but not now (a rule, another deployment in the same place). Left when the verdict allows it.
 * - `deploying`: at least one wave has started; targets of the current wave are moving.
 * - `baking`: a wave is healthy and is observed before the next one starts.
 * - `paused`: nothing more begins until a person says so: the plan waits between two waves, or a region failed and its policy stops there. What moves goes on.
 *   Left by a person who continues or rolls back.
 * - `rollingBack`: a target failed or a person asked: every target that was touched goes back to what it ran before.
 * - `succeeded`: every target runs the new version and was seen healthy, but for those that could not be reached and are caught up.
 * - `rolledBack`: every touched target was seen healthy on what it ran before.
 * - `failed`: it ended in a state that a person must look at (going back failed too, there was nothing to go back to, or it went on without a region that failed).
 * - `rejected`, `expired`: the approval ended so, or a rule denied it; nothing was touched.
 * - `superseded`: a newer deployment to the same place took over before this one touched anything.
 * - `cancelled`: a person withdrew it before anything was touched.
 */
export const deploymentState = z.enum([
  'preparing',
  'awaitingApproval',
  'held',
  'deploying',
  'baking',
  'paused',
  'rollingBack',
  'succeeded',
  'rolledBack',
  'failed',
  'rejected',
  'expired',
  'superseded',
  'cancelled',
]);
export type DeploymentState = z.infer<typeof deploymentState>;

/**
 * States of one target of a deployment.
 * - `pending`: its wave has not started.
 * - `applying`: Helm installs the release; the Rollout of this deployment has not been seen yet.
 * - `progressing`: the controller works through the canary steps.
 * - `paused`: the canary stands at a step that waits for a person, or is held by one.
 * - `healthy`: the new revision was seen healthy and stable.
 * - `aborted`: the controller took the canary back because a person said so; traffic is on the stable version. Left by that person's retry or roll back.
 *   (After a failed analysis Flow goes on to `rollingBack` by itself.)
 * - `rollingBack`: Helm goes back to the release revision from before.
 * - `rolledBack`: the earlier revision was seen healthy.
 * - `failed`: it could not be brought to a known good state; a person must look.
 * - `skipped`: never started: the deployment ended before its wave, or its cluster could not be reached when its turn came and the plan goes on without it.
 */
export const targetState = z.enum([
  'pending',
  'applying',
  'progressing',
  'paused',
  'healthy',
  'aborted',
  'rollingBack',
  'rolledBack',
  'failed',
  'skipped',
]);
export type TargetState = z.infer<typeof targetState>;

/**
 * Why a deployment began to go back: a region failed and its plan goes back then, a person asked for it, or what governs it (a freeze, a guardrail, a
 * quarantine) took it back.
 */
export const backCause = z.enum(['failure', 'person', 'governance']);
export type BackCause = z.infer<typeof backCause>;

/** Whether a region of a deployment that moves has failed: it stays so for a person to look at, goes back, or is back. */
export function hasFailed(state: TargetState): boolean {
  return state === 'failed' || state === 'rollingBack' || state === 'rolledBack';
}

/** Deployments that will not change any more. */
export const terminalDeploymentStates = [
  'succeeded',
  'rolledBack',
  'failed',
  'rejected',
  'expired',
  'superseded',
  'cancelled',
] as const satisfies readonly DeploymentState[];

/** True when the deployment will not change any more. */
export function isTerminal(state: DeploymentState): boolean {
  return terminalDeploymentStates.some((terminal) => terminal === state);
}
