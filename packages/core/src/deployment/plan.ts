import { z } from 'zod';
import { canaryStep } from '../rollout/index.ts';
import { progression, usualProgression } from './progression.ts';

/** How the new version takes over in one target. */
export const strategy = z.strictObject({
  steps: z.array(canaryStep).max(50),
  /** Limits that the canary is held to, measured by the analysis of Flow's service chart. */
  analysis: z
    .strictObject({
      maxErrorRatePercent: z.number().min(0).max(100),
      maxP95Ms: z.number().positive(),
      intervalSeconds: z.number().int().positive(),
      failureLimit: z.number().int().min(0),
    })
    .nullable(),
});
export type Strategy = z.infer<typeof strategy>;

export const plannedTarget = z.strictObject({
  targetId: z.string(),
  region: z.string(),
  clusterId: z.string(),
  namespace: z.string(),
  releaseName: z.string(),
});
export type PlannedTarget = z.infer<typeof plannedTarget>;

/** Waves of targets in the order in which they are deployed, with the time of observation between two of them and what is done when one fails. */
export const plan = z.strictObject({
  waves: z.array(z.strictObject({ targets: z.array(plannedTarget).min(1) })).min(1),
  bakeTimeSeconds: z.number().int().min(0),
  strategy,
  /** Plans that were made before it could be chosen have the usual one. */
  progression: progression.default(usualProgression),
});
export type Plan = z.infer<typeof plan>;

/** Everything that decides what will run: approvals are bound to the hash of this and the plan. */
export const configurationSnapshot = z.strictObject({
  image: z.strictObject({ repository: z.string(), digest: z.string() }),
  chart: z.strictObject({ kind: z.enum(['flow', 'repository']), name: z.string(), version: z.string(), digest: z.string() }),
  commitSha: z.string(),
  /** Full Helm values for each target id: service ← environment ← target, then what Flow sets. */
  values: z.record(z.string(), z.record(z.string(), z.json())),
});
export type ConfigurationSnapshot = z.infer<typeof configurationSnapshot>;
