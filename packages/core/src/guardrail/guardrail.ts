import { z } from 'zod';
import { enforcement, owner, scope } from '../rule/index.ts';

const percent = z.number().min(0).max(100);
const count = z.number().int().min(0).max(100_000);

/** Limits on a plan and on what it would install, in force where they are given. */
export const planLimits = z.strictObject({
  canaryRequired: z.boolean().optional(),
  /** Greatest share of the first step, and greatest rise from one step to the next, in percent. */
  firstStepMaxPercent: percent.min(1).optional(),
  stepMaxPercent: percent.min(5).optional(),
  /** Shortest pause after each step that is not the last, and shortest time of observation between waves. */
  stepSoakMinSeconds: count.optional(),
  bakeTimeMinSeconds: count.optional(),
  analysisRequired: z.boolean().optional(),
  replicasMin: count.optional(),
  /** Fewest pods that the disruption budget keeps up. */
  disruptionBudgetMin: count.optional(),
  resourcesRequired: z.boolean().optional(),
  imageByDigest: z.boolean().optional(),
  /** Where charts may come from: the beginning of their repository, `flow` for Flow's own. */
  chartSources: z.array(z.string().min(1).max(200)).max(50).optional(),
  /** Most regions in one wave. */
  regionsAtOnceMax: count.min(1).optional(),
  /** Most of all targets of the service in one wave, in percent. At least one target is always allowed. */
  fleetAtOnceMaxPercent: percent.min(1).optional(),
});
export type PlanLimits = z.infer<typeof planLimits>;

/** What is done with a running deployment that crosses a limit. */
export const runConsequence = z.enum(['hold', 'abort']);
export type RunConsequence = z.infer<typeof runConsequence>;

/** Limits on a deployment while it runs. */
export const runLimits = z.strictObject({
  metrics: z
    .array(
      z.strictObject({
        /** Name of the metric, for example `errorRatePercent`. */
        metric: z.string().min(1).max(100),
        /** Of the service itself, or of one that calls it or is called by it. */
        of: z.enum(['service', 'neighbour']),
        max: z.number(),
        consequence: runConsequence,
      }),
    )
    .max(20)
    .default([]),
  /** Most regions that may fail before it is stopped. */
  failedRegionsMax: z.strictObject({ count, consequence: runConsequence }).optional(),
  /** Longest that it may take. */
  durationMaxSeconds: z.strictObject({ count: count.min(1), consequence: runConsequence }).optional(),
});
export type RunLimits = z.infer<typeof runLimits>;

/** A limit that every plan in its scope must keep and that a running deployment is held to. */
export const guardrail = z.strictObject({
  id: z.string().min(1).max(64),
  revision: z.number().int().positive(),
  title: z.string().min(1).max(100),
  owner,
  scope,
  enforcement,
  plan: planLimits.default({}),
  run: runLimits.default({ metrics: [] }),
});
export type Guardrail = z.infer<typeof guardrail>;
export type GuardrailInput = z.input<typeof guardrail>;

/** One limit that is crossed. */
export interface Violation {
  guardrailId: string;
  guardrailTitle: string;
  /** Whose guardrail it is. */
  owner: string;
  /** Which limit, as it is called in the guardrail. */
  limitName: keyof PlanLimits | 'metrics' | 'failedRegionsMax' | 'durationMaxSeconds';
  /** The value found and the limit, as people read them. */
  value: string;
  limit: string;
  sentence: string;
  /** `nearestPlan` can mend it: it lies in the plan, not in the chart or the artifact. */
  mendable: boolean;
}
