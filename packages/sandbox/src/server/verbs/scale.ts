import { badRequest } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { ApiAnswer, ApiRequest, ServerParts, Target } from '../request.ts';
import { mediaType, parseObject, parseValue, readBody } from '../wire/body.ts';
import { numberAt, objectAt, textAt, valueAt, type JsonObject } from '../wire/json-object.ts';
import { patchedBody } from './change.ts';
import { requireObject } from './read.ts';
import { commitUpdate, writerOf } from './write.ts';

/** GET, PUT and PATCH of `/scale`: the replicas alone, as an `autoscaling/v1` Scale. */
export async function scaleObject(parts: ServerParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const before = requireObject(parts, target);
  if (request.method === 'GET') return { status: 200, body: scaleOf(before) };
  const scale = await wantedScale(request, target, before);
  const replicas = valueAt(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0)
    throw badRequest('spec.replicas: must be a whole number, zero or more');
  const body = {
    ...before,
    spec: { ...objectAt(before, 'spec'), replicas },
    metadata: { ...before.metadata, resourceVersion: textAt(scale, 'metadata', 'resourceVersion') || before.metadata.resourceVersion },
  };
  const { subresource: _scale, ...main } = target;
  const changed = commitUpdate(parts, request, { target: main, before, body, writer: writerOf(parts, request, 'Update') });
  return { status: 200, body: scaleOf(changed) };
}

async function wantedScale(request: ApiRequest, target: Target, before: KubeObject): Promise<JsonObject> {
  const type = request.incoming.headers['content-type'];
  const body = await readBody(request.incoming);
  if (request.method === 'PUT') return parseObject(type, body);
  return patchedBody(mediaType(type), { target, before: scaleOf(before), patch: parseValue(mediaType(type), body) });
}

function scaleOf(object: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, ['spec', 'replicas'], 1) },
    status: {
      replicas: numberAt(object, ['status', object.kind === 'Rollout' ? 'HPAReplicas' : 'replicas']),
      selector: Object.entries(objectAt(object, 'spec', 'selector', 'matchLabels'))
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(','),
    },
  };
}
