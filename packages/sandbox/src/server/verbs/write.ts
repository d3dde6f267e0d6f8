import { randomUUID } from 'node:crypto';
import { alreadyExists, ApiError, badRequest, conflict, invalid } from '../../store/api-error.ts';
import { finishMetadata, keepServerFields, needsNewGeneration, toTime } from '../../store/metadata.ts';
import type { KubeObject, NewObject } from '../../store/object.ts';
import { ownershipAfterUpdate, type Writer } from '../apply/managed-fields.ts';
import { isBuiltIn } from '../patch/list-keys.ts';
import type { ApiRequest, ServerParts, Target } from '../request.ts';
import { objectAt, textAt, type JsonObject } from '../wire/json-object.ts';
import { apiVersionOf } from '../wire/present.ts';

/** True when the client wants to know what would happen, and nothing to happen. */
export function isDryRun(request: ApiRequest): boolean {
  const wanted = request.query.getAll('dryRun');
  if (wanted.some((value) => value !== 'All' && value !== '')) throw badRequest('dryRun: Unsupported value: supported values: "All"');
  return wanted.includes('All');
}

/** Who writes: `fieldManager`, else the first word of the client's name. */
export function writerOf(parts: ServerParts, request: ApiRequest, operation: Writer['operation']): Writer {
  const agent = (request.incoming.headers['user-agent'] ?? '').split('/')[0] ?? '';
  const named = request.query.get('fieldManager') ?? '';
  return { manager: named || agent || 'unknown', operation, subresource: '', time: toTime(parts.clock.now()) };
}

/** A body for a built-in kind may leave out its type: the path says it (typed clients do so). */
export function withType(target: Target, body: JsonObject): JsonObject {
  if (!isBuiltIn(target.resource) || body['apiVersion'] !== undefined || body['kind'] !== undefined) return body;
  return { apiVersion: apiVersionOf(target.resource), kind: target.resource.kind, ...body };
}

/** Checks that the body is of the kind and in the place that the path names. Throws 400. */
export function checkBody(target: Target, body: JsonObject): void {
  const { resource, namespace, name } = target;
  const apiVersion = textAt(body, 'apiVersion');
  const kind = textAt(body, 'kind');
  if (apiVersion !== apiVersionOf(resource) || kind !== resource.kind) {
    throw badRequest(
      `the object provided (${apiVersion || 'no apiVersion'}, ${kind || 'no kind'}) does not match ${apiVersionOf(resource)}, ${resource.kind} of the path`,
    );
  }
  const sentNamespace = textAt(body, 'metadata', 'namespace');
  if (namespace !== undefined && sentNamespace !== '' && sentNamespace !== namespace) {
    throw badRequest(
      `the namespace of the provided object does not match the namespace sent on the request (${sentNamespace}, ${namespace})`,
    );
  }
  const sentName = textAt(body, 'metadata', 'name');
  if (name !== undefined && sentName !== '' && sentName !== name) {
    throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${name})`);
  }
}

/** Stores a new object, or only shows it when the request is a dry run. */
export function commitCreate(
  parts: ServerParts,
  request: ApiRequest,
  write: { target: Target; body: JsonObject; writer?: Writer },
): KubeObject {
  const { target, body, writer } = write;
  const object = toNewObject(target, body);
  parts.admission.admit(target.resource, object, undefined);
  if (writer !== undefined) {
    const managedFields = ownershipAfterUpdate(target.resource, { before: undefined, next: object, writer });
    object.metadata = { ...object.metadata, ...(managedFields === undefined ? {} : { managedFields }) };
  }
  if (!isDryRun(request)) return parts.store.create(target.resourceName, object);
  const shown = finishMetadata(target.resource, object, { now: parts.clock.now(), uid: randomUUID(), resourceVersion: '' });
  if (parts.store.get(target.resourceName, shown.metadata) !== undefined) throw alreadyExists(target.resource, shown.metadata.name);
  return shown;
}

/** Stores a changed object, or only shows it when the request is a dry run. `writer` is absent when ownership is in the object already. */
export function commitUpdate(
  parts: ServerParts,
  request: ApiRequest,
  write: { target: Target; before: KubeObject; body: JsonObject; writer?: Writer },
): KubeObject {
  const { target, before, body } = write;
  const subresource = target.subresource === 'status' ? 'status' : 'main';
  const object = toStoredObject(before, body);
  if (object.metadata.name !== before.metadata.name) {
    throw invalid(target.resource, before.metadata.name, [{ field: 'metadata.name', message: 'Invalid value: field is immutable' }]);
  }
  const sent = keepServerFields(target.resource, { before, sent: object, subresource });
  if (subresource === 'main') parts.admission.admit(target.resource, sent, before);
  const owned = withOwnership(target, { before, sent, writer: write.writer });
  const resourceVersion = object.metadata.resourceVersion;
  if (!isDryRun(request)) {
    return parts.store.update(
      target.resourceName,
      { ...owned, metadata: { ...owned.metadata, uid: object.metadata.uid } },
      {
        subresource,
        ...(resourceVersion === '' ? {} : { resourceVersion }),
      },
    );
  }
  if (resourceVersion !== '' && resourceVersion !== before.metadata.resourceVersion) throw conflict(target.resource, before.metadata.name);
  const isNew = needsNewGeneration(target.resource, { before, next: owned, subresource });
  return { ...owned, metadata: { ...owned.metadata, generation: before.metadata.generation + (isNew ? 1 : 0) } };
}

function withOwnership(target: Target, write: { before: KubeObject; sent: KubeObject; writer: Writer | undefined }): KubeObject {
  const { before, sent, writer } = write;
  if (writer === undefined) return sent;
  const { managedFields: _managedFields, ...metadata } = sent.metadata;
  const subresource = target.subresource === 'status' ? 'status' : '';
  const managedFields = ownershipAfterUpdate(target.resource, { before, next: sent, writer: { ...writer, subresource } });
  return { ...sent, metadata: { ...metadata, ...(managedFields === undefined ? {} : { managedFields }) } };
}

/** What the client sent, in the namespace of the path, without what only the server may set. */
function toNewObject(target: Target, body: JsonObject): NewObject {
  const {
    managedFields,
    resourceVersion,
    uid: _uid,
    creationTimestamp: _created,
    generation: _generation,
    ...metadata
  } = objectAt(body, 'metadata');
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== null)
    // A real server has no better answer to it either.
    throw new ApiError(500, '', { message: 'resourceVersion should not be set on objects to be created' });
  const object: NewObject = {
    ...structuredClone(body),
    apiVersion: textAt(body, 'apiVersion'),
    kind: textAt(body, 'kind'),
    metadata: {
      ...withoutEmpty(structuredClone(metadata)),
      ...(Array.isArray(managedFields) ? { managedFields } : {}),
      ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
    },
  };
  if (target.resource.statusSubresource) delete object['status'];
  return object;
}

/** A changed object with its metadata in full. Absent uid and resourceVersion stay empty: they then mean "whatever is there". */
function toStoredObject(before: KubeObject, body: JsonObject): KubeObject {
  const metadata = objectAt(body, 'metadata');
  return {
    ...structuredClone(body),
    apiVersion: before.apiVersion,
    kind: before.kind,
    metadata: {
      ...withoutEmpty(structuredClone(metadata)),
      name: textAt(metadata, 'name') || before.metadata.name,
      ...(before.metadata.namespace === undefined ? {} : { namespace: before.metadata.namespace }),
      uid: textAt(metadata, 'uid'),
      resourceVersion: textAt(metadata, 'resourceVersion'),
      generation: before.metadata.generation,
      creationTimestamp: before.metadata.creationTimestamp,
    },
  };
}

/** Empty maps and lists of the metadata are not kept. */
function withoutEmpty(metadata: JsonObject): JsonObject {
  const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value)));
}

/** The account that every pod of a namespace may use. */
export function createDefaultAccount(parts: ServerParts, namespace: string): void {
  const key = { namespace, name: 'default' };
  if (parts.store.get('serviceaccounts', key) === undefined) {
    parts.store.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: key });
  }
}
