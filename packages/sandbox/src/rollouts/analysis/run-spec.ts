import { z } from 'zod';
import { dryRunSchema, retentionSchema, templateRefSchema } from '../model/spec.ts';
import { analysisPhaseSchema } from '../model/status.ts';

const strings = z.record(z.string(), z.string());
const limit = z.union([z.number().int(), z.string()]).nullish();

const webMetric = z.object({
  url: z.string(),
  method: z.enum(['GET', 'POST', 'PUT']).nullish(),
  headers: z.array(z.object({ key: z.string(), value: z.string() })).nullish(),
  timeoutSeconds: z.number().nullish(),
  jsonPath: z.string().nullish(),
  insecure: z.boolean().nullish(),
  body: z.string().nullish(),
  jsonBody: z.unknown().optional(),
});

const jobMetric = z.object({
  metadata: z.object({ labels: strings.nullish(), annotations: strings.nullish() }).nullish(),
  spec: z.record(z.string(), z.unknown()),
});

export const metricSchema = z.object({
  name: z.string(),
  interval: z.string().nullish(),
  initialDelay: z.string().nullish(),
  count: limit,
  successCondition: z.string().nullish(),
  failureCondition: z.string().nullish(),
  failureLimit: limit,
  inconclusiveLimit: limit,
  consecutiveErrorLimit: limit,
  consecutiveSuccessLimit: limit,
  provider: z.object({ web: webMetric.nullish(), job: jobMetric.nullish() }),
});

export const argumentSchema = z.object({ name: z.string(), value: z.string().nullish() });

export const templateSpecSchema = z.object({
  metrics: z.array(metricSchema).nullish(),
  args: z.array(argumentSchema).nullish(),
  dryRun: z.array(dryRunSchema).nullish(),
  measurementRetention: z.array(retentionSchema).nullish(),
  templates: z.array(templateRefSchema).nullish(),
});

export const runSpecSchema = z.object({
  metrics: z.array(metricSchema),
  args: z.array(argumentSchema).nullish(),
  dryRun: z.array(dryRunSchema).nullish(),
  measurementRetention: z.array(retentionSchema).nullish(),
  terminate: z.boolean().nullish(),
});

const time = z.string().nullish();
const measurementSchema = z.object({
  phase: analysisPhaseSchema,
  message: z.string().nullish(),
  value: z.string().nullish(),
  startedAt: time,
  finishedAt: time,
  resumeAt: time,
  metadata: strings.nullish(),
});

const count = z
  .number()
  .int()
  .nullish()
  .transform((value) => value ?? 0);

const metricResultSchema = z.object({
  name: z.string(),
  phase: analysisPhaseSchema,
  message: z.string().nullish(),
  count,
  successful: count,
  failed: count,
  inconclusive: count,
  error: count,
  consecutiveError: count,
  consecutiveSuccess: count,
  dryRun: z.boolean().nullish(),
  measurements: z
    .array(measurementSchema)
    .nullish()
    .transform((value) => value ?? []),
});

const summarySchema = z.object({ count, successful: count, failed: count, inconclusive: count, error: count });

export const runStatusSchema = z.object({
  phase: z.union([analysisPhaseSchema, z.literal('')]).nullish(),
  message: z.string().nullish(),
  startedAt: time,
  completedAt: time,
  runSummary: summarySchema.nullish(),
  dryRunSummary: summarySchema.nullish(),
  metricResults: z
    .array(metricResultSchema)
    .nullish()
    .transform((value) => value ?? []),
});

export type Metric = z.infer<typeof metricSchema>;
export type WebMetric = z.infer<typeof webMetric>;
export type JobMetric = z.infer<typeof jobMetric>;
export type TemplateSpec = z.infer<typeof templateSpecSchema>;
export type RunSpec = z.infer<typeof runSpecSchema>;
export type Argument = z.infer<typeof argumentSchema>;
export type Measurement = z.infer<typeof measurementSchema>;
export type MetricResult = z.infer<typeof metricResultSchema>;
export type RunStatus = z.infer<typeof runStatusSchema>;
export type RunSummary = z.infer<typeof summarySchema>;
