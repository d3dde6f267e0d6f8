import type { Resource } from '../../store/store.ts';
import { isJsonObject, objectAt, textAt, type JsonObject } from '../wire/json-object.ts';

/** Fills in what a real API server fills in and what the controllers or kubectl rely on. Edits the object. */
export function applyDefaults(resource: Resource, object: JsonObject): void {
  dropNulls(object);
  DEFAULTS[resource.kind]?.(object);
}

const DEFAULTS: Readonly<Record<string, (object: JsonObject) => void>> = {
  Namespace: (namespace) => {
    const metadata = objectAt(namespace, 'metadata');
    namespace['metadata'] = {
      ...metadata,
      labels: { ...objectAt(metadata, 'labels'), 'kubernetes.io/metadata.name': textAt(metadata, 'name') },
    };
    namespace['spec'] = { finalizers: ['kubernetes'] };
    namespace['status'] = { phase: 'Active' };
  },
  Secret: (secret) => {
    secret['type'] ??= 'Opaque';
    const plain = secret['stringData'];
    if (!isJsonObject(plain)) return;
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
    secret['data'] = { ...objectAt(secret, 'data'), ...Object.fromEntries(encoded) };
    delete secret['stringData'];
  },
  Service: (service) => {
    const spec = specOf(service);
    spec['type'] ??= 'ClusterIP';
    spec['sessionAffinity'] ??= 'None';
    for (const port of objectsIn(spec['ports'])) {
      port['protocol'] ??= 'TCP';
      port['targetPort'] ??= port['port'];
    }
  },
  Pod: (pod) => {
    defaultPodSpec(specOf(pod));
    pod['status'] ??= { phase: 'Pending' };
  },
  Deployment: (deployment) => {
    const spec = specOf(deployment);
    spec['replicas'] ??= 1;
    spec['revisionHistoryLimit'] ??= 10;
    spec['progressDeadlineSeconds'] ??= 600;
    spec['strategy'] ??= { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } };
    defaultTemplate(spec);
  },
  ReplicaSet: (replicaSet) => {
    const spec = specOf(replicaSet);
    spec['replicas'] ??= 1;
    defaultTemplate(spec);
  },
  Job: (job) => {
    const spec = specOf(job);
    spec['parallelism'] ??= 1;
    spec['completions'] ??= 1;
    spec['backoffLimit'] ??= 6;
    defaultTemplate(spec);
  },
};

function specOf(object: JsonObject): JsonObject {
  const spec = objectAt(object, 'spec');
  object['spec'] = spec;
  return spec;
}

function defaultTemplate(spec: JsonObject): void {
  const template = spec['template'];
  if (isJsonObject(template) && isJsonObject(template['spec'])) defaultPodSpec(template['spec']);
}

function defaultPodSpec(spec: JsonObject): void {
  spec['restartPolicy'] ??= 'Always';
  spec['terminationGracePeriodSeconds'] ??= 30;
  for (const container of [...objectsIn(spec['containers']), ...objectsIn(spec['initContainers'])]) {
    container['imagePullPolicy'] ??= pullPolicy(textAt(container, 'image'));
    for (const port of objectsIn(container['ports'])) port['protocol'] ??= 'TCP';
  }
}

function pullPolicy(image: string): string {
  return image.endsWith(':latest') || !/[:@]/.test(image.split('/').at(-1) ?? '') ? 'Always' : 'IfNotPresent';
}

function objectsIn(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter((item) => isJsonObject(item)) : [];
}

/** A null field means an absent one, in every kind. */
function dropNulls(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) dropNulls(item);
  else if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (inner === null) delete value[key];
      else dropNulls(inner);
    }
  }
}
