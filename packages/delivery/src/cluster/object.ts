import { z } from 'zod';
import { FlowError } from '@flow/core/fault';

/** Any object of a cluster: its metadata is checked, the rest is read field by field where it is needed. */
export const kubeObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().default(''),
    resourceVersion: z.string().default(''),
    generation: z.number().optional(),
    creationTimestamp: z.string().nullish(),
    deletionTimestamp: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
});
export type KubeObject = z.infer<typeof kubeObject>;

/** One page of a list. */
export const kubeList = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().default(''), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullish(),
});

/** Parses an object; an upstream error when the server sent something that is not one. */
export function parseObject(value: unknown): KubeObject {
  const parsed = kubeObject.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FlowError({
    code: 'upstream',
    owner: 'cluster',
    message: 'The cluster answered with something that is not a Kubernetes object',
    detail: parsed.error.message,
  });
}
