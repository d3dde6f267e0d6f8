import type { JsonObject } from '@flow/core/drift';
import { releaseKinds, type ClusterClient, type KubeObject, type ObjectRef } from '../cluster/index.ts';
import { readHistory, readRelease, type ReleaseRef } from '../helm/index.ts';
import { isObject, textAt } from '../json/index.ts';
import { parseUntrustedYaml } from '../yaml/index.ts';

/** An object of a release: as Helm applied it, and as it is in the cluster; null when it is not there. */
export interface DeployedObject {
  ref: ObjectRef;
  wanted: JsonObject;
  live: KubeObject | null;
}

export type ReadDeployed =
  | { kind: 'read'; objects: readonly DeployedObject[] }
  /** Helm is at work on the release: what is found now means nothing. */
  | { kind: 'moving' }
  /** `why` may be shown. */
  | { kind: 'unreadable'; why: string };

// What one release asks of an API server at the same time.
const readsAtOnce = 4;

/**
 * What a deployment has applied in a release, by Helm's own record of it, beside what is in the cluster. Needs no more than `get` on what a release may hold.
 * Throws `FlowError` when the cluster cannot be reached or does not let Flow read.
 */
export async function readDeployed(
  client: ClusterClient,
  ref: ReleaseRef,
  { deploymentId, signal }: { deploymentId: string; signal?: AbortSignal },
): Promise<ReadDeployed> {
  const history = await readHistory(client, ref);
  const newest = history.at(-1)?.status ?? 'unknown';
  if (newest.startsWith('pending-') || newest === 'uninstalling') return { kind: 'moving' };
  const made = history.findLast(
    ({ status, deploymentId: by }) => by === deploymentId && (status === 'deployed' || status === 'superseded'),
  );
  const release = made === undefined ? null : await readRelease(client, ref, made.revision);
  if (release === null)
    return { kind: 'unreadable', why: `Helm keeps no record in the cluster of what Flow deployed as ${ref.name}: deploy it again` };
  const parsed = parseUntrustedYaml(release.manifest);
  if (!parsed.ok) return { kind: 'unreadable', why: `Helm's record of ${ref.name} cannot be read: deploy it again` };
  const wanted = parsed.documents.filter(isObject).flatMap((object) => {
    const found = refOf(object, ref.namespace);
    return found === null ? [] : [{ ref: found, wanted: object }];
  });
  const objects: DeployedObject[] = [];
  for (let start = 0; start < wanted.length; start += readsAtOnce) {
    const batch = wanted.slice(start, start + readsAtOnce);
    objects.push(...(await Promise.all(batch.map((one) => readLive(client, one, signal)))));
  }
  return { kind: 'read', objects };
}

/** Where an object of the manifest is, in the version that the manifest names; null for a kind that no release may hold. */
function refOf(object: JsonObject, namespace: string): ObjectRef | null {
  const [group = '', version] = textAt(object, 'apiVersion').includes('/')
    ? textAt(object, 'apiVersion').split('/')
    : ['', textAt(object, 'apiVersion')];
  const kind = releaseKinds.find((known) => known.kind === textAt(object, 'kind') && known.group === group);
  const name = textAt(object, 'metadata', 'name');
  if (kind === undefined || version === undefined || version === '' || name === '') return null;
  return { kind: { ...kind, version }, namespace: textAt(object, 'metadata', 'namespace') || namespace, name };
}

async function readLive(
  client: ClusterClient,
  { ref, wanted }: Omit<DeployedObject, 'live'>,
  signal: AbortSignal | undefined,
): Promise<DeployedObject> {
  const answer = await client.get(ref, signal);
  // On its way out it is as good as gone.
  const isThere = answer.ok && (answer.value.metadata.deletionTimestamp ?? null) === null;
  return { ref, wanted, live: isThere ? answer.value : null };
}
