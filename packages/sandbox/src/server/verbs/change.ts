import { ApiError, badRequest, invalid, invalidOptions, notFound } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import { serverSideApply } from '../apply/server-side-apply.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { isBuiltIn } from '../patch/list-keys.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMerge } from '../patch/strategic-merge.ts';
import type { ApiAnswer, ApiRequest, ServerParts, Target } from '../request.ts';
import { mediaType, parseObject, parseValue, readBody } from '../wire/body.ts';
import { isJsonObject, objectAt, textAt, type JsonObject } from '../wire/json-object.ts';
import { withKnownFields } from './field-validation.ts';
import { presenterFor, requireObject } from './read.ts';
import { checkBody, commitCreate, commitUpdate, createDefaultAccount, isDryRun, withType, writerOf } from './write.ts';

const APPLY = 'application/apply-patch+yaml';

/** POST of a new object. */
export async function createObject(parts: ServerParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const body = await readObject(request, target);
  const created = commitCreate(parts, request, { target, body, writer: writerOf(parts, request, 'Update') });
  if (created.kind === 'Namespace' && !isDryRun(request)) createDefaultAccount(parts, created.metadata.name);
  return { status: 201, body: presenterFor(parts, request, target).object(created) };
}

/** PUT of a whole object, on the object itself or on its `status`. */
export async function replaceObject(parts: ServerParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const body = await readObject(request, target);
  const before = requireObject(parts, target);
  if (!isBuiltIn(target.resource) && textAt(body, 'metadata', 'resourceVersion') === '') {
    throw invalid(target.resource, before.metadata.name, [
      { field: 'metadata.resourceVersion', message: 'Invalid value: 0: must be specified for an update' },
    ]);
  }
  const replaced = commitUpdate(parts, request, { target, before, body, writer: writerOf(parts, request, 'Update') });
  return { status: 200, body: presenterFor(parts, request, target).object(replaced) };
}

async function readObject(request: ApiRequest, target: Target): Promise<JsonObject> {
  const body = withType(target, parseObject(request.incoming.headers['content-type'], await readBody(request.incoming)));
  checkBody(target, body);
  return withKnownFields(request, target, body);
}

/** PATCH in each of the four forms, on the object itself or on its `status`. */
export async function patchObject(parts: ServerParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const type = mediaType(request.incoming.headers['content-type']);
  const patch = parseValue(type, await readBody(request.incoming));
  if (type === APPLY) return applyObject(parts, request, { target, config: patch });
  const before = requireObject(parts, target);
  const body = patchedBody(type, { target, before, patch });
  checkBody(target, body);
  const uid = textAt(body, 'metadata', 'uid');
  if (uid !== '' && uid !== before.metadata.uid)
    throw invalid(target.resource, before.metadata.name, [
      { field: 'metadata.uid', message: `Invalid value: ${JSON.stringify(uid)}: field is immutable` },
    ]);
  const patched = withKnownFields(request, target, body);
  const changed = commitUpdate(parts, request, { target, before, body: patched, writer: writerOf(parts, request, 'Update') });
  return { status: 200, body: presenterFor(parts, request, target).object(changed) };
}

/** The object with the patch applied. Throws 415 for a form that the kind does not take. */
export function patchedBody(type: string, change: { target: Target; before: JsonObject; patch: unknown }): JsonObject {
  const { target, before, patch } = change;
  if (type === 'application/json-patch+json') return applyJsonPatch(before, patch);
  if (!isJsonObject(patch)) throw badRequest('the patch must be an object');
  if (type === 'application/merge-patch+json') return applyMergePatch(before, patch);
  if (type === 'application/strategic-merge-patch+json' && isBuiltIn(target.resource)) {
    return applyStrategicMerge(target.resource, before, patch);
  }
  const accepted = ['application/json-patch+json', 'application/merge-patch+json', APPLY];
  if (isBuiltIn(target.resource)) accepted.push('application/strategic-merge-patch+json');
  throw new ApiError(415, 'UnsupportedMediaType', {
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  });
}

/** Server-side apply: creates the object when it is not there. */
function applyObject(parts: ServerParts, request: ApiRequest, apply: { target: Target; config: unknown }): ApiAnswer {
  const { target } = apply;
  if (!isJsonObject(apply.config)) throw badRequest('the applied configuration must be an object');
  checkBody(target, apply.config);
  const config = withKnownFields(request, target, apply.config);
  const writer = applyWriter(parts, request, target);
  const live = parts.store.get(target.resourceName, {
    name: target.name ?? '',
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  });
  if (live === undefined && target.subresource !== undefined) throw notFound(target.resource, target.name ?? '');
  if (Array.isArray(objectAt(config, 'metadata')['managedFields'])) throw badRequest('metadata.managedFields must be nil');
  const named = { ...config, metadata: { ...objectAt(config, 'metadata'), name: target.name } };
  const body = serverSideApply(target.resource, { live, config: named, writer, force: request.query.get('force') === 'true' });
  const applied =
    live === undefined ? applyNew(parts, request, { target, body }) : commitUpdate(parts, request, { target, before: live, body });
  return { status: live === undefined ? 201 : 200, body: presenterFor(parts, request, target).object(applied) };
}

function applyWriter(parts: ServerParts, request: ApiRequest, target: Target): ReturnType<typeof writerOf> {
  if ((request.query.get('fieldManager') ?? '') === '')
    throw invalidOptions('PatchOptions', { field: 'fieldManager', message: 'Required value: is required for apply patch' });
  return { ...writerOf(parts, request, 'Apply'), subresource: target.subresource ?? '' };
}

function applyNew(parts: ServerParts, request: ApiRequest, create: { target: Target; body: JsonObject }): KubeObject {
  const created = commitCreate(parts, request, create);
  if (created.kind === 'Namespace' && !isDryRun(request)) createDefaultAccount(parts, created.metadata.name);
  return created;
}
