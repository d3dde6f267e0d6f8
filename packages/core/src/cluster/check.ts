import { z } from 'zod';

export const checkState = z.enum([
  /** It is as Flow needs it. */
  'met',
  /** Flow needs it, and it is not there, not allowed or too old. */
  'missing',
  /** It could not be told; nothing depends on it. */
  'notKnown',
  /** It is not there, and nothing needs it. */
  'absent',
]);
export type CheckState = z.infer<typeof checkState>;

/** One thing that a test of a cluster looked at. */
export const clusterCheck = z.strictObject({
  /** What was looked at: `Argo Rollouts`, `The right to patch rollouts/status`. */
  subject: z.string().max(200),
  state: checkState,
  /** What was found, in words for people. */
  found: z.string().max(500),
  /** The command that mends it or tells more; null where there is nothing to do. */
  command: z.string().max(2_000).nullable(),
});
export type ClusterCheck = z.infer<typeof clusterCheck>;
