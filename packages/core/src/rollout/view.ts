import { z } from 'zod';

/** One canary step, in Flow's own words; exactly the kinds that Flow plans and shows. */
export const canaryStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('weight'), percent: z.number().int().min(0).max(100) }),
  /** Without a duration it waits for a person. */
  z.strictObject({ kind: z.literal('pause'), durationSeconds: z.number().int().positive().optional() }),
  z.strictObject({ kind: z.literal('analysis') }),
]);
export type CanaryStep = z.infer<typeof canaryStep>;

/** A step of a Rollout: one of Flow's own, or one of another chart by its name. */
export const rolloutStep = z.union([canaryStep, z.strictObject({ kind: z.literal('other'), name: z.string() })]);

export const rolloutPhase = z.enum(['Healthy', 'Degraded', 'Progressing', 'Paused']);

/**
 * Slim view of an Argo Rollout, projected when it is read from the watch.
 * `phase` is the effective phase (argo-rollouts `GetRolloutPhase`): Progressing until the controller has seen the newest spec.
 */
export const rolloutView = z.strictObject({
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.number(),
  phase: rolloutPhase,
  message: z.string(),
  /** Pod template hash of the newest revision; empty until the controller has named it. */
  currentPodHash: z.string(),
  stablePodHash: z.string(),
  revision: z.number(),
  stepIndex: z.number().nullable(),
  stepCount: z.number(),
  steps: z.array(rolloutStep),
  pause: z.strictObject({ reason: z.string(), startedAt: z.string() }).nullable(),
  /** spec.paused: held by a person. */
  held: z.boolean(),
  aborted: z.boolean(),
  promotingFully: z.boolean(),
  replicas: z.strictObject({ desired: z.number(), total: z.number(), updated: z.number(), ready: z.number(), available: z.number() }),
  /** Share of the new revision in percent: from the router where there is one, else from available pods. */
  canaryWeight: z.number(),
  /** `flow.dev/deployment` of the pod template: which deployment this spec belongs to. */
  deploymentId: z.string().nullable(),
  image: z.string(),
});
export type RolloutView = z.infer<typeof rolloutView>;

/** A step that a canary came to, with its share of the traffic at that moment. */
export const canaryProgress = z.strictObject({
  at: z.string(),
  stepIndex: z.number(),
  /** Null past the last one. */
  step: rolloutStep.nullable(),
  weight: z.number(),
});
export type CanaryProgress = z.infer<typeof canaryProgress>;

/** A canary that is tried again and again does not let its story grow without end: no more steps than these are kept. */
export const canaryProgressMax = 200;

/** One pod of a Rollout. */
export const podView = z.strictObject({
  name: z.string(),
  podHash: z.string(),
  role: z.enum(['canary', 'stable', 'old']),
  phase: z.string(),
  ready: z.boolean(),
  reason: z.string(),
  restarts: z.number(),
  startedAt: z.string().nullable(),
});
export type PodView = z.infer<typeof podView>;

/** One metric of an analysis run, with its newest measurements. */
export const metricView = z.strictObject({
  name: z.string(),
  phase: z.enum(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive']),
  message: z.string(),
  successCondition: z.string(),
  /** The number in the condition, drawn as a line; null when the condition is not a simple comparison. */
  limit: z.number().nullable(),
  failureLimit: z.number(),
  failed: z.number(),
  measurements: z.array(z.strictObject({ at: z.string(), value: z.number().nullable(), phase: z.string() })),
});

export const analysisView = z.strictObject({
  uid: z.string(),
  name: z.string(),
  podHash: z.string(),
  kind: z.enum(['step', 'background', 'prePromotion', 'postPromotion']),
  stepIndex: z.number().nullable(),
  phase: z.enum(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive']),
  message: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  metrics: z.array(metricView),
});
export type AnalysisView = z.infer<typeof analysisView>;
