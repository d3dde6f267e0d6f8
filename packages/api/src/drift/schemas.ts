import { reapplyState } from '@flow/core/drift';
import { z } from 'zod';
import { instant } from '../trpc/index.ts';

const difference = z.object({
  id: z.string(),
  /** Kind and name: `Rollout/checkout`. */
  object: z.string(),
  /** Where in it; empty when the object is not there. */
  path: z.string(),
  /** As people read them, without secrets; null for nothing. */
  wanted: z.string().nullable(),
  found: z.string().nullable(),
  /** Something of the values is kept out because it looks like a secret. */
  isHidden: z.boolean(),
  /** Who wrote it last by the cluster's account; empty when it does not say. */
  changedBy: z.string(),
  changedAt: instant.nullable(),
  foundAt: instant,
  adoption: z.object({ byName: z.string(), at: instant, reason: z.string() }).nullable(),
});

export const driftPlace = z.object({
  targetId: z.string(),
  environmentId: z.string(),
  environmentName: z.string(),
  region: z.string(),
  version: z.string(),
  /** Null before the first comparison. */
  comparedAt: instant.nullable(),
  /** Somebody asked for a comparison that has not been made yet. */
  isAwaited: z.boolean(),
  /** Why it could not be compared the last time; empty when it could. */
  trouble: z.string(),
  /** The newest wish to apply again what was deployed. */
  reapply: z.object({ state: reapplyState, byName: z.string(), at: instant.nullable(), result: z.string() }).nullable(),
  differences: z.array(difference),
});
