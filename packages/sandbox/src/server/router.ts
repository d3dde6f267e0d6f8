import { ApiError, badRequest, forbidden, notFound } from '../store/api-error.ts';
import { answerDiscovery } from './discovery/discovery.ts';
import { subresourcesOf } from './discovery/groups.ts';
import { answerOpenApi } from './discovery/openapi.ts';
import { isAllowed } from './gate/identity.ts';
import { parseTarget, type ApiAnswer, type ApiRequest, type ServerParts, type Target } from './request.ts';
import { createObject, patchObject, replaceObject } from './verbs/change.ts';
import { deleteCollection, deleteObject } from './verbs/delete.ts';
import type { ListPages } from './verbs/list-pages.ts';
import { streamPodLog } from './verbs/pod-log.ts';
import { getObject, listObjects } from './verbs/read.ts';
import { answerReview, isReview } from './verbs/reviews.ts';
import { scaleObject } from './verbs/scale.ts';
import { isTrue, watchObjects, type OpenWatches } from './verbs/watch.ts';

/** All that the routes need. */
export type RouterParts = ServerParts & { pages: ListPages; watches: OpenWatches };

/** Finds what a request asks for and does it. Undefined when the answer was streamed. */
export async function route(parts: RouterParts, request: ApiRequest): Promise<ApiAnswer> {
  const { url, method } = request;
  if (isReview(url.pathname)) return answerReview(request);
  if (url.pathname === '/sandbox/traffic' && method === 'GET') return answerTraffic(parts, request);
  if (method === 'GET') {
    const { accept } = request.incoming.headers;
    const answer = answerDiscovery(parts.store.resources, url.pathname, accept) ?? answerOpenApi(parts.store.resources, url, accept);
    if (answer !== undefined) return answer;
  }
  const target = parseTarget(parts.store, url.pathname);
  if (target === undefined) throw new ApiError(404, 'NotFound', { message: 'the server could not find the requested resource' });
  authorize(request, target);
  return target.subresource === undefined || target.subresource === 'status'
    ? routeObject(parts, request, target)
    : routeSubresource(parts, request, target);
}

/** Seen by whoever may read the Service. */
function answerTraffic(parts: RouterParts, request: ApiRequest): ApiAnswer {
  const namespace = request.query.get('namespace') ?? '';
  if (!isAllowed(request.identity, { verb: 'get', group: '', resource: 'services', namespace }))
    throw forbidden(`services in the namespace "${namespace}" cannot be read with this token`);
  const report = parts.traffic(request.query);
  if (typeof report === 'string') throw badRequest(report);
  if (report === undefined) throw notFound({ plural: 'services', group: '' }, request.query.get('service') ?? '');
  return { status: 200, body: report };
}

async function routeObject(parts: RouterParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  if (target.subresource === 'status' && !target.resource.statusSubresource) throw missingSubresource();
  if (isWatch(request)) {
    watchObjects(parts, request, target);
    return undefined;
  }
  const routes = target.name === undefined ? COLLECTION_ROUTES : OBJECT_ROUTES;
  const route = routes[request.method];
  if (route === undefined || (target.subresource === 'status' && request.method === 'DELETE')) throw notAllowed();
  return route(parts, request, target);
}

type ObjectRoute = (parts: RouterParts, request: ApiRequest, target: Target) => ApiAnswer | Promise<ApiAnswer>;

const COLLECTION_ROUTES: Readonly<Record<string, ObjectRoute>> = { GET: listObjects, POST: createObject, DELETE: deleteCollection };

const OBJECT_ROUTES: Readonly<Record<string, ObjectRoute>> = {
  GET: getObject,
  PUT: replaceObject,
  PATCH: patchObject,
  DELETE: deleteObject,
};

async function routeSubresource(parts: RouterParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const { subresource } = target;
  if (target.resource.kind === 'Pod' && ['exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers'].includes(subresource ?? '')) {
    throw new ApiError(501, 'NotImplemented', {
      message: `the sandbox does not support pods/${subresource ?? ''}; read the pod's log, or run the image by hand`,
    });
  }
  if (!subresourcesOf(target.resource).some((one) => one.name === subresource)) throw missingSubresource();
  if (subresource === 'scale') return scaleObject(parts, request, target);
  if (subresource === 'eviction' && request.method === 'POST') return deleteObject(parts, request, target);
  if (subresource === 'log' && request.method === 'GET') {
    await streamPodLog(parts, request, target);
    return undefined;
  }
  throw notAllowed();
}

function authorize(request: ApiRequest, target: Target): void {
  const { resource, namespace, subresource, name } = target;
  const asked = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const verb = verbOf(request, target);
  const place = { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
  if (isAllowed(request.identity, { verb, group: resource.group, resource: asked, ...place })) return;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `${asked}.${resource.group}`.replace(/\.$/, '');
  throw forbidden(
    `${what}${name === undefined ? '' : ` "${name}"`} is forbidden: User "${request.identity.name}" cannot ${verb} resource "${asked}" in API group "${resource.group}" ${where}`,
    { ...(name === undefined ? {} : { name }), group: resource.group, kind: resource.plural },
  );
}

function verbOf(request: ApiRequest, target: Target): string {
  const isCollection = target.name === undefined;
  switch (request.method) {
    case 'GET':
      if (isWatch(request)) return 'watch';
      return isCollection ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return request.method.toLowerCase();
  }
}

function isWatch(request: ApiRequest): boolean {
  return isTrue(request.query.get('watch')) && request.method === 'GET';
}

function missingSubresource(): ApiError {
  return new ApiError(404, 'NotFound', { message: 'the server could not find the requested resource' });
}

function notAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', { message: 'the server does not allow this method on the requested resource' });
}
