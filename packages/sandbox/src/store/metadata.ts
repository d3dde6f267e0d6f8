import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { invalid } from './api-error.ts';
import type { KubeObject, NewObject, ObjectMeta } from './object.ts';
import type { Resource, UpdateOptions } from './store.ts';

/** The characters that Kubernetes makes name endings of: none that could form a word. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A moment as `metav1.Time` writes it: RFC 3339, whole seconds. */
export function toTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/** A name from `generateName`: the prefix and five random characters. */
export function generatedName(prefix: string): string {
  let name = prefix.slice(0, 58);
  for (let index = 0; index < 5; index += 1) name += NAME_ALPHABET.charAt(randomInt(NAME_ALPHABET.length));
  return name;
}

/** The new object with what the server fills in. The name stays empty when there is neither a name nor a `generateName`. */
export function finishMetadata(
  resource: Resource,
  object: NewObject,
  server: { now: Date; uid: string; resourceVersion: string },
): KubeObject {
  const { generateName, namespace, ...sent } = object.metadata;
  const name = sent.name ?? (generateName === undefined ? '' : generatedName(generateName));
  if (resource.namespaced && (namespace === undefined || namespace === '')) {
    throw invalid(resource, name, [{ field: 'metadata.namespace', message: 'Required value', reason: 'FieldValueRequired' }]);
  }
  const metadata: ObjectMeta = {
    ...sent,
    name,
    ...(generateName === undefined ? {} : { generateName }),
    ...(resource.namespaced && namespace !== undefined ? { namespace } : {}),
    uid: server.uid,
    resourceVersion: server.resourceVersion,
    generation: 1,
    creationTimestamp: toTime(server.now),
  };
  delete metadata.deletionTimestamp;
  const { apiVersion, kind, ...rest } = object;
  return { apiVersion, kind, ...rest, metadata };
}

/** What is written by an update: the sent object, with the fields that only the server changes taken from the stored one. */
export function keepServerFields(
  resource: Resource,
  write: { before: KubeObject; sent: KubeObject; subresource: UpdateOptions['subresource'] },
): KubeObject {
  const { before, sent, subresource } = write;
  if (subresource === 'status') {
    const metadata = { ...structuredClone(before.metadata) };
    if (sent.metadata.managedFields !== undefined) metadata.managedFields = sent.metadata.managedFields;
    const next: KubeObject = { ...structuredClone(before), metadata };
    if (sent['status'] === undefined) delete next['status'];
    else next['status'] = sent['status'];
    return next;
  }
  const metadata: ObjectMeta = {
    ...sent.metadata,
    uid: before.metadata.uid,
    resourceVersion: before.metadata.resourceVersion,
    generation: before.metadata.generation,
    creationTimestamp: before.metadata.creationTimestamp,
  };
  if (before.metadata.deletionTimestamp === undefined) delete metadata.deletionTimestamp;
  else metadata.deletionTimestamp = before.metadata.deletionTimestamp;
  const next: KubeObject = { ...sent, metadata };
  if (subresource === 'main' && resource.statusSubresource) {
    if (before['status'] === undefined) delete next['status'];
    else next['status'] = structuredClone(before['status']);
  }
  return next;
}

/**
 * The generation counts changes of what was asked for. Where the kind has a status subresource its status does not count;
 * where it has none (Workflow, AnalysisRun, Experiment) every change outside the metadata does, as with any custom resource.
 */
export function needsNewGeneration(
  resource: Resource,
  write: { before: KubeObject; next: KubeObject; subresource: UpdateOptions['subresource'] },
): boolean {
  if (write.subresource === 'status') return false;
  const asked = (object: KubeObject): Record<string, unknown> => {
    const { metadata: _metadata, ...rest } = object;
    if (resource.statusSubresource) delete rest['status'];
    return rest;
  };
  return !isDeepStrictEqual(asked(write.before), asked(write.next));
}
