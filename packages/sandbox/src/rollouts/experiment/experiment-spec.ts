import { z } from 'zod';
import { argumentSchema } from '../analysis/run-spec.ts';
import { dryRunSchema, podTemplateSchema, retentionSchema } from '../model/spec.ts';
import { analysisPhaseSchema } from '../model/status.ts';
import { labelSelectorSchema } from '../../workloads/index.ts';

const strings = z.record(z.string(), z.string());
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const template = z.object({
  name: z.string(),
  replicas: z.number().int().nullish(),
  minReadySeconds: z.number().int().nullish(),
  selector: labelSelectorSchema,
  template: podTemplateSchema,
});

const analysis = z.object({
  name: z.string(),
  templateName: z.string(),
  clusterScope: z.boolean().nullish(),
  args: z.array(argumentSchema).nullish(),
  requiredForCompletion: z.boolean().nullish(),
});

export const experimentSpecSchema = z.object({
  templates: z.array(template),
  analyses: z
    .array(analysis)
    .nullish()
    .transform((value) => value ?? []),
  duration: z.string().nullish(),
  progressDeadlineSeconds: z.number().nullish(),
  terminate: z.boolean().nullish(),
  dryRun: z.array(dryRunSchema).nullish(),
  measurementRetention: z.array(retentionSchema).nullish(),
  analysisRunMetadata: z.object({ labels: strings.nullish(), annotations: strings.nullish() }).nullish(),
});

const templatePhase = z.enum(['Progressing', 'Running', 'Successful', 'Failed', 'Error']);

const templateStatus = z.object({
  name: z.string(),
  status: templatePhase.nullish(),
  message: text,
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
  lastTransitionTime: z.string().nullish(),
  podTemplateHash: text,
});

const analysisStatus = z.object({
  name: z.string(),
  phase: z.union([analysisPhaseSchema, z.literal('')]).nullish(),
  message: text,
  analysisRun: text,
});

export const experimentStatusSchema = z.object({
  phase: z.union([analysisPhaseSchema, z.literal('')]).nullish(),
  message: text,
  availableAt: z.string().nullish(),
  templateStatuses: z
    .array(templateStatus)
    .nullish()
    .transform((value) => value ?? []),
  analysisRuns: z
    .array(analysisStatus)
    .nullish()
    .transform((value) => value ?? []),
});

export type ExperimentSpec = z.infer<typeof experimentSpecSchema>;
export type ExperimentTemplate = z.infer<typeof template>;
export type ExperimentAnalysis = z.infer<typeof analysis>;
export type ExperimentStatus = z.infer<typeof experimentStatusSchema>;
export type TemplateStatus = z.infer<typeof templateStatus>;
export type ExperimentRunStatus = z.infer<typeof analysisStatus>;
