import { z } from 'zod';
import { badRequest, conflict, qualifiedName } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { ApiAnswer, ApiRequest, ServerParts, Target } from '../request.ts';
import { parseObject, readBody } from '../wire/body.ts';
import { presenterFor, requireObject, selectObjects } from './read.ts';
import { isDryRun } from './write.ts';

const deleteOptions = z.object({
  propagationPolicy: z.enum(['Orphan', 'Background', 'Foreground']).optional(),
  orphanDependents: z.boolean().optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  dryRun: z.array(z.string()).optional(),
});

type DeleteOptions = z.infer<typeof deleteOptions>;

/** DELETE of one object. What it owns goes with it unless the client asks to orphan it. */
export async function deleteObject(parts: ServerParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const options = await readOptions(request);
  const before = requireObject(parts, target);
  checkPreconditions(target, before, options);
  const remaining = remove(parts, { target, before, options, dryRun: isDryRun(request) || options.dryRun?.includes('All') === true });
  if (remaining !== undefined) return { status: 200, body: presenterFor(parts, request, target).object(remaining) };
  return { status: 200, body: successStatus(target, before) };
}

/** DELETE of a collection: every object that the selectors name. */
export async function deleteCollection(parts: ServerParts, request: ApiRequest, target: Target): Promise<ApiAnswer> {
  const options = await readOptions(request);
  const objects = selectObjects(parts, request, target);
  for (const before of objects) {
    const found = parts.store.get(target.resourceName, before.metadata);
    if (found !== undefined) remove(parts, { target, before: found, options, dryRun: isDryRun(request) });
  }
  return { status: 200, body: presenterFor(parts, request, target).list(objects, { resourceVersion: parts.store.revision() }) };
}

async function readOptions(request: ApiRequest): Promise<DeleteOptions> {
  const body = await readBody(request.incoming);
  const sent = body.length === 0 ? {} : parseObject(request.incoming.headers['content-type'], body);
  const policy = request.query.get('propagationPolicy');
  const parsed = deleteOptions.safeParse({ ...(policy === null ? {} : { propagationPolicy: policy }), ...sent });
  if (!parsed.success) throw badRequest(`the delete options are not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function checkPreconditions(target: Target, before: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  if (uid !== undefined && uid !== before.metadata.uid) {
    throw conflict(
      target.resource,
      before.metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
    throw conflict(target.resource, before.metadata.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}`);
  }
}

/** Returns the object while finalizers hold it back. */
function remove(
  parts: ServerParts,
  write: { target: Target; before: KubeObject; options: DeleteOptions; dryRun: boolean },
): KubeObject | undefined {
  const { target, before, options, dryRun } = write;
  if (dryRun) return undefined;
  if (options.propagationPolicy === 'Orphan' || options.orphanDependents === true) orphan(parts, before);
  parts.store.delete(target.resourceName, before.metadata);
  return parts.store.get(target.resourceName, before.metadata);
}

function orphan(parts: ServerParts, owner: KubeObject): void {
  for (const resource of parts.store.resources) {
    const name = qualifiedName(resource);
    for (const object of parts.store.list(name, owner.metadata.namespace)) {
      const owners = object.metadata.ownerReferences ?? [];
      if (!owners.some((one) => one.uid === owner.metadata.uid)) continue;
      parts.store.modify(name, object.metadata, (draft) => {
        const others = owners.filter((one) => one.uid !== owner.metadata.uid);
        if (others.length === 0) delete draft.metadata.ownerReferences;
        else draft.metadata.ownerReferences = others;
      });
    }
  }
}

function successStatus(target: Target, object: KubeObject): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: object.metadata.name, group: target.resource.group, kind: target.resource.plural, uid: object.metadata.uid },
  };
}
