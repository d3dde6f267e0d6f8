import { z } from 'zod';

const tasks = z.array(z.strictObject({ name: z.string(), template: z.string(), dependencies: z.array(z.string()).optional() })).min(1);
const labels = z.record(z.string(), z.string());
const name = z.string();

const dagTemplate = z.strictObject({ name, dag: z.strictObject({ tasks }) });
const gateTemplate = z.strictObject({
  name,
  suspend: z.strictObject({}),
  outputs: z
    .strictObject({
      parameters: z.array(z.strictObject({ name, valueFrom: z.strictObject({ supplied: z.strictObject({}), default: z.string() }) })),
    })
    .optional(),
});
const stepTemplate = z.strictObject({
  name,
  activeDeadlineSeconds: z.number().int().positive(),
  retryStrategy: z.strictObject({ limit: z.string(), retryPolicy: z.literal('Always') }).optional(),
  outputs: z
    .strictObject({ parameters: z.array(z.strictObject({ name, valueFrom: z.strictObject({ path: z.string(), default: z.string() }) })) })
    .optional(),
  script: z.strictObject({
    name: z.literal('main'),
    image: z.string(),
    command: z.tuple([z.literal('sh')]),
    env: z.array(z.strictObject({ name, value: z.string() })),
    source: z.string(),
  }),
});
export type StepTemplate = z.infer<typeof stepTemplate>;
export type Template = z.infer<typeof dagTemplate> | z.infer<typeof gateTemplate> | StepTemplate;

/**
 * Everything that a Workflow of Flow may hold. It is closed: a field that is not named here (podSpecPatch, hostNetwork, volumes, securityContext …)
 * cannot come out of the compiler.
 */
export const compiledWorkflow = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('Workflow'),
  metadata: z.strictObject({ name, namespace: z.string(), labels }),
  spec: z.strictObject({
    entrypoint: z.literal('run'),
    activeDeadlineSeconds: z.number().int().positive(),
    podGC: z.strictObject({ strategy: z.literal('OnPodCompletion'), deleteDelayDuration: z.string() }),
    ttlStrategy: z.strictObject({ secondsAfterCompletion: z.number().int().positive() }),
    podMetadata: z.strictObject({ labels }),
    serviceAccountName: z.string().optional(),
    templates: z.array(z.union([dagTemplate, gateTemplate, stepTemplate])),
  }),
});
export type CompiledWorkflow = z.infer<typeof compiledWorkflow>;
