import { z } from 'zod';

/**
 * States of a run.
 * - `queued`: asked for; its Workflow is not there yet.
 * - `running`: at least one stage is moving.
 * - `waiting`: nothing moves but a stage that waits for a person or for a deployment that waits.
 * - `succeeded`: every stage succeeded or was skipped on purpose.
 * - `failed`: a stage failed for a reason of the change itself: a test, a build, a deployment that was rolled back or rejected.
 * - `errored`: it could not be carried out for a technical reason: the definition, the cluster, the engine.
 * - `cancelled`: a person ended it.
 */
export const runState = z.enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'errored', 'cancelled']);
export type RunState = z.infer<typeof runState>;

/**
 * States of a stage.
 * - `pending`: stages before it have not ended well yet.
 * - `running`: its steps run, or its deployment moves.
 * - `waiting`: it waits for a person.
 * - `skipped`: a stage before it did not end well.
 */
export const stageState = z.enum(['pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled']);
export type StageState = z.infer<typeof stageState>;

/** Every allowed change of a run's state; a retry from a failed stage takes an ended run back to running. */
export const runTransitions = {
  queued: ['running', 'waiting', 'succeeded', 'failed', 'errored', 'cancelled'],
  running: ['waiting', 'succeeded', 'failed', 'errored', 'cancelled'],
  waiting: ['running', 'succeeded', 'failed', 'errored', 'cancelled'],
  succeeded: [],
  failed: ['queued'],
  errored: ['queued'],
  cancelled: ['queued'],
} as const satisfies Record<RunState, readonly RunState[]>;

/** True when the table has the edge, or when nothing changes. */
export function runMayBecome(from: RunState, to: RunState): boolean {
  const edges: readonly RunState[] = runTransitions[from];
  return from === to || edges.includes(to);
}

/** True when the run will not change any more unless a person retries it. */
export function isRunOver(state: RunState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'errored' || state === 'cancelled';
}
