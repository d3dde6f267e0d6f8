import { z } from 'zod';

/** Argo's AnyString: numbers and booleans are taken as their text. */
const anyString = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const intOrString = z.union([z.number(), z.string()]);

export const parameter = z.looseObject({
  name: z.string(),
  value: anyString.optional(),
  default: anyString.optional(),
  globalName: z.string().optional(),
  valueFrom: z
    .looseObject({
      path: z.string().optional(),
      parameter: z.string().optional(),
      supplied: z.looseObject({}).optional(),
      default: anyString.optional(),
    })
    .optional(),
});
export type Parameter = z.infer<typeof parameter>;

const parameters = z.looseObject({ parameters: z.array(parameter).optional() });

const call = z.looseObject({
  name: z.string().default(''),
  template: z.string().default(''),
  arguments: parameters.default({}),
  when: z.string().optional(),
  withItems: z.array(z.unknown()).optional(),
  withParam: z.string().optional(),
  withSequence: z.looseObject({ start: intOrString.optional(), end: intOrString.optional(), count: intOrString.optional() }).optional(),
  continueOn: z.looseObject({ failed: z.boolean().optional(), error: z.boolean().optional() }).optional(),
});
/** A step of a steps template, or what a task of a DAG runs. */
export type TemplateCall = z.infer<typeof call>;

const task = call.extend({ dependencies: z.array(z.string()).optional(), depends: z.string().optional() });
export type DagTask = z.infer<typeof task>;

const container = z.looseObject({
  image: z.string().default(''),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(z.looseObject({ name: z.string() })).optional(),
  workingDir: z.string().optional(),
});

const retryStrategy = z.looseObject({
  limit: intOrString.optional(),
  retryPolicy: z.enum(['Always', 'OnFailure', 'OnError', 'OnTransientError']).optional(),
  backoff: z
    .looseObject({
      duration: anyString.optional(),
      factor: intOrString.optional(),
      maxDuration: anyString.optional(),
      cap: anyString.optional(),
    })
    .optional(),
});
export type RetryStrategy = z.infer<typeof retryStrategy>;

const labels = z.record(z.string(), z.string());

const template = z.looseObject({
  name: z.string().default(''),
  inputs: parameters.default({}),
  outputs: parameters.default({}),
  container: container.optional(),
  script: container.extend({ source: z.string() }).optional(),
  steps: z.array(z.union([z.array(call), call.transform((one) => [one])])).optional(),
  dag: z.looseObject({ tasks: z.array(task), target: z.string().optional(), failFast: z.boolean().optional() }).optional(),
  suspend: z.looseObject({ duration: anyString.optional() }).nullish(),
  retryStrategy: retryStrategy.optional(),
  timeout: z.string().optional(),
  activeDeadlineSeconds: intOrString.optional(),
  parallelism: z.number().optional(),
  metadata: z.looseObject({ labels: labels.optional(), annotations: labels.optional() }).optional(),
  volumes: z.array(z.looseObject({ name: z.string() })).optional(),
});
export type Template = z.infer<typeof template>;

export const workflowSpecSchema = z.looseObject({
  entrypoint: z.string().optional(),
  arguments: parameters.default({}),
  templates: z.array(template).optional(),
  onExit: z.string().optional(),
  hooks: z.looseObject({ exit: z.looseObject({ template: z.string(), arguments: parameters.optional() }).optional() }).optional(),
  parallelism: z.number().optional(),
  activeDeadlineSeconds: z.number().nullish(),
  shutdown: z.enum(['', 'Stop', 'Terminate']).nullish(),
  suspend: z.boolean().nullish(),
  retryStrategy: retryStrategy.optional(),
  serviceAccountName: z.string().optional(),
  podMetadata: z.looseObject({ labels: labels.optional(), annotations: labels.optional() }).optional(),
  volumes: z.array(z.looseObject({ name: z.string() })).optional(),
  volumeClaimTemplates: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).optional(),
  ttlStrategy: z
    .looseObject({
      secondsAfterCompletion: z.number().optional(),
      secondsAfterSuccess: z.number().optional(),
      secondsAfterFailure: z.number().optional(),
    })
    .optional(),
  podGC: z.looseObject({ strategy: z.string().optional(), deleteDelayDuration: anyString.optional() }).optional(),
  workflowTemplateRef: z.looseObject({ name: z.string(), clusterScope: z.boolean().optional() }).optional(),
});
export type WorkflowSpec = z.infer<typeof workflowSpecSchema>;
