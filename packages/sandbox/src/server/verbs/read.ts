import { badRequest, expired, notFound } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { ApiAnswer, ApiRequest, ServerParts, Target } from '../request.ts';
import { parseFieldSelector, selectedName } from '../select/field-selector.ts';
import { parseLabelSelector } from '../select/label-selector.ts';
import { answerForm } from '../wire/accept.ts';
import { createPresenter, type IncludedObject, type Presenter } from '../wire/present.ts';
import type { ListPages } from './list-pages.ts';
import { parseRevision } from './revision.ts';

/** The object that the path names. Throws 404. */
export function requireObject(parts: ServerParts, target: Target): KubeObject {
  const name = target.name ?? '';
  const object = parts.store.get(target.resourceName, keyOf(target));
  if (object === undefined) throw notFound(target.resource, name);
  return object;
}

/** Namespace and name that the path names. */
function keyOf(target: Target): { namespace?: string; name: string } {
  return { name: target.name ?? '', ...(target.namespace === undefined ? {} : { namespace: target.namespace }) };
}

/** How this client wants to see objects of this resource. */
export function presenterFor(parts: ServerParts, request: ApiRequest, target: Target): Presenter {
  return createPresenter(target.resource, {
    form: answerForm(request.incoming.headers.accept),
    include: includedObject(request.query.get('includeObject')),
    now: parts.clock.now(),
  });
}

/** GET of one object. */
export function getObject(parts: ServerParts, request: ApiRequest, target: Target): ApiAnswer {
  return { status: 200, body: presenterFor(parts, request, target).object(requireObject(parts, target)) };
}

/** GET of a collection, in one piece or in pages (`limit`, `continue`). */
export function listObjects(parts: ServerParts & { pages: ListPages }, request: ApiRequest, target: Target): ApiAnswer {
  const { query } = request;
  const limit = parseLimit(query.get('limit'));
  const continueToken = query.get('continue');
  checkRevision(parts, query);
  const page =
    continueToken === null || continueToken === ''
      ? parts.pages.first(selectObjects(parts, request, target), limit)
      : parts.pages.next(continueToken, limit, () => selectObjects(parts, request, target));
  const body = presenterFor(parts, request, target).list(page.objects, {
    resourceVersion: page.revision,
    ...(page.continue === undefined ? {} : { continue: page.continue }),
    ...(page.remainingItemCount === undefined ? {} : { remainingItemCount: page.remainingItemCount }),
  });
  return { status: 200, body };
}

/** The objects that the path and the selectors of the request name. */
export function selectObjects(parts: ServerParts, request: ApiRequest, target: Target): readonly KubeObject[] {
  const labelTest = parseLabelSelector(request.query.get('labelSelector'));
  const fieldTest = parseFieldSelector(target.resource, request.query.get('fieldSelector'));
  const name = target.name ?? selectedName(request.query.get('fieldSelector'));
  return candidates(parts, target, name).filter((object) => labelTest(object.metadata.labels) && fieldTest(object));
}

function candidates(parts: ServerParts, target: Target, name: string | undefined): readonly KubeObject[] {
  if (name === undefined || (target.resource.namespaced && target.namespace === undefined)) {
    return parts.store.list(target.resourceName, target.namespace);
  }
  const found = parts.store.get(target.resourceName, keyOf({ ...target, name }));
  return found === undefined ? [] : [found];
}

function checkRevision(parts: ServerParts, query: URLSearchParams): void {
  const revision = parseRevision(parts.store, query.get('resourceVersion'));
  if (query.get('resourceVersionMatch') !== 'Exact' || revision === undefined) return;
  if (revision !== Number(parts.store.revision())) throw expired(`The resourceVersion for the provided list is too old: ${revision}`);
}

function parseLimit(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`Invalid value: "${text}": limit must be a whole number`);
  return Number(text);
}

function includedObject(text: string | null): IncludedObject {
  return text === 'None' || text === 'Object' ? text : 'Metadata';
}
