import { z } from 'zod';
import { labelSelectorSchema } from '../../workloads/index.ts';

const strings = z.record(z.string(), z.string());
const intOrString = z.union([z.number().int(), z.string()]);
const metadata = z.object({ labels: strings.nullish(), annotations: strings.nullish() });

export const templateRefSchema = z.object({ templateName: z.string(), clusterScope: z.boolean().nullish() });
export const dryRunSchema = z.object({ metricName: z.string() });
export const retentionSchema = z.object({ metricName: z.string(), limit: z.number().int() });

const rolloutArgument = z.object({
  name: z.string(),
  value: z.string().nullish(),
  valueFrom: z
    .object({
      podTemplateHashValue: z.enum(['Latest', 'Stable']).nullish(),
      fieldRef: z.object({ fieldPath: z.string() }).nullish(),
    })
    .nullish(),
});

const rolloutAnalysis = z.object({
  templates: z.array(templateRefSchema).nullish(),
  args: z.array(rolloutArgument).nullish(),
  dryRun: z.array(dryRunSchema).nullish(),
  measurementRetention: z.array(retentionSchema).nullish(),
  analysisRunMetadata: metadata.nullish(),
});

const experimentStep = z.object({
  duration: z.string().nullish(),
  templates: z.array(
    z.object({
      name: z.string(),
      specRef: z.enum(['canary', 'stable']),
      replicas: z.number().int().nullish(),
      selector: labelSelectorSchema.nullish(),
      metadata: metadata.nullish(),
    }),
  ),
  analyses: z
    .array(
      z.object({
        name: z.string(),
        templateName: z.string(),
        clusterScope: z.boolean().nullish(),
        args: z.array(rolloutArgument).nullish(),
        requiredForCompletion: z.boolean().nullish(),
      }),
    )
    .nullish(),
  dryRun: z.array(dryRunSchema).nullish(),
  analysisRunMetadata: metadata.nullish(),
});

const canaryStep = z.object({
  setWeight: z.number().int().nullish(),
  pause: z.object({ duration: intOrString.nullish() }).nullish(),
  analysis: rolloutAnalysis.nullish(),
  experiment: experimentStep.nullish(),
});

const canary = z.object({
  canaryService: z.string().nullish(),
  stableService: z.string().nullish(),
  steps: z.array(canaryStep).nullish(),
  maxSurge: intOrString.nullish(),
  maxUnavailable: intOrString.nullish(),
  analysis: rolloutAnalysis.extend({ startingStep: z.number().int().nullish() }).nullish(),
});

const blueGreen = z.object({
  activeService: z.string(),
  previewService: z.string().nullish(),
  previewReplicaCount: z.number().int().nullish(),
  autoPromotionEnabled: z.boolean().nullish(),
  autoPromotionSeconds: z.number().int().nullish(),
  maxUnavailable: intOrString.nullish(),
  prePromotionAnalysis: rolloutAnalysis.nullish(),
  postPromotionAnalysis: rolloutAnalysis.nullish(),
  scaleDownDelaySeconds: z.number().int().nullish(),
  scaleDownDelayRevisionLimit: z.number().int().nullish(),
  abortScaleDownDelaySeconds: z.number().int().nullish(),
});

export const podTemplateSchema = z.object({ metadata: metadata.nullish(), spec: z.unknown().optional() });

/** The part of `spec` of a Rollout that the sandbox acts on; the rest is refused by name before it is stored. */
export const rolloutSpecSchema = z.object({
  replicas: z.number().int().nullish(),
  selector: labelSelectorSchema.nullish(),
  template: podTemplateSchema.nullish(),
  minReadySeconds: z.number().int().nullish(),
  paused: z.boolean().nullish(),
  restartAt: z.string().nullish(),
  revisionHistoryLimit: z.number().int().nullish(),
  progressDeadlineSeconds: z.number().int().nullish(),
  progressDeadlineAbort: z.boolean().nullish(),
  rollbackWindow: z.object({ revisions: z.number().int().nullish() }).nullish(),
  analysis: z
    .object({ successfulRunHistoryLimit: z.number().int().nullish(), unsuccessfulRunHistoryLimit: z.number().int().nullish() })
    .nullish(),
  strategy: z.object({ canary: canary.nullish(), blueGreen: blueGreen.nullish() }).nullish(),
});

export type RolloutSpec = z.infer<typeof rolloutSpecSchema>;
export type CanaryStep = z.infer<typeof canaryStep>;
export type ExperimentStep = z.infer<typeof experimentStep>;
export type RolloutAnalysis = z.infer<typeof rolloutAnalysis>;
export type RolloutArgument = z.infer<typeof rolloutArgument>;
export type IntOrString = z.infer<typeof intOrString>;
export type TemplateRef = z.infer<typeof templateRefSchema>;
