import { expect } from 'vitest';
import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import type { Fields } from './call-api.ts';

/** A small object of a built-in kind. */
export function aConfigMap(name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}

/** A Rollout that no controller looks after: nobody but the test writes it. */
export function unattendedRollout(name: string) {
  const labels = { app: name };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'nobody' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'a' }] } },
    },
  };
}

/** The path of ConfigMaps, or of one. */
export function configMaps(engine: Engine, name = ''): string {
  return `/api/v1/namespaces/${engine.namespace}/configmaps${name === '' ? '' : `/${name}`}`;
}

/** The path of Rollouts, or of one. */
export function rolloutsPath(engine: Engine, name = ''): string {
  return `/apis/argoproj.io/v1alpha1/namespaces/${engine.namespace}/rollouts${name === '' ? '' : `/${name}`}`;
}

/** Matches the causes of a refusal that names a field, whatever else it names. */
export function namesField(field: string): unknown {
  return expect.arrayContaining([expect.objectContaining({ field })]);
}

const withMetadata = z.looseObject({ metadata: z.record(z.string(), z.unknown()) });

/** The metadata of an answer. */
export function metadataOf(body: Fields): Fields {
  return withMetadata.parse(body).metadata;
}

const listed = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string(),
    continue: z.string().default(''),
    remainingItemCount: z.number().optional(),
  }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

/** The names of a list, with what stands above them. */
export function listOf(body: Fields): { names: string[]; resourceVersion: string; continueToken: string; remaining: number | undefined } {
  const { metadata, items } = listed.parse(body);
  return {
    names: items.map((item) => item.metadata.name),
    resourceVersion: metadata.resourceVersion,
    continueToken: metadata.continue,
    remaining: metadata.remainingItemCount,
  };
}
