import { z } from 'zod';

/**
 * What a live page is told. A change says what changed and enough to redraw the row (slim), never a whole object;
 * a page that needs more refetches the one query that it shows.
 * Topics: `tenant:<tenantId>` (lists, home, inbox), `deployment:<id>`, `run:<id>`, `service:<id>`, `log:<runId>:<stepId>`.
 */
export const frameTypes = [
  'deployment.changed',
  'target.changed',
  'run.changed',
  'stage.changed',
  'log.appended',
  'approval.changed',
  'artifact.created',
  'cluster.changed',
  'membership.changed',
  'service.changed',
  'policy.changed',
  'incident.changed',
  'audit.appended',
] as const;
export const frameType = z.enum(frameTypes);
export type FrameType = z.infer<typeof frameType>;

/** One event as a browser receives it. `id` is the cursor `<txId>.<position>` to resume after. */
export const frame = z.strictObject({
  id: z.string(),
  type: frameType,
  at: z.string(),
  topics: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
});
export type Frame = z.infer<typeof frame>;

/** Sent instead of a gap that can no longer be read: the page must refetch all that it shows and go on from `id`. */
export const resetFrame = z.strictObject({ id: z.string(), reason: z.string() });
