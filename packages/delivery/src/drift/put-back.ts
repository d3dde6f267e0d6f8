import { isDeepStrictEqual } from 'node:util';
import { compareObject, mended, mergePatch, type FoundDrift } from '@flow/core/drift';
import type { ClusterClient, KubeObject } from '../cluster/index.ts';
import type { ReleaseRef } from '../helm/index.ts';
import { objectAt } from '../json/index.ts';
import type { DeployedObject } from './read-deployed.ts';

/** What came of putting an object back. `why` may be shown. */
export type PutBack = { ok: true } | { ok: false; why: string };

type Difference = FoundDrift['difference'];

// Controllers write the status of a Rollout in every second of a canary: each of them may come between the reading and the patch.
const mostTries = 5;

/**
 * Puts an object back as it was deployed: made anew when it is not there, else patched in the fields that differ and in no other. Refused when somebody has changed
 * one of these since it was read; what else is written to the object meanwhile, as its status, does not stand in the way. Helm itself would change a Rollout only by
 * what differs between two of its own records, so that applying the same again mends nothing.
 */
export async function putBack(
  client: ClusterClient,
  release: ReleaseRef,
  mending: { object: DeployedObject; drift: readonly FoundDrift[] },
): Promise<PutBack> {
  const { object, drift } = mending;
  const { ref, wanted } = object;
  if (object.live === null) {
    const made = await client.create({ kind: ref.kind, namespace: ref.namespace ?? release.namespace }, ofRelease(wanted, release));
    return made.ok ? { ok: true } : { ok: false, why: made.message };
  }
  const differences = drift.map(({ difference }) => difference);
  let live: KubeObject = object.live;
  for (let tries = 1; ; tries += 1) {
    const patched = await client.patch(ref, { type: 'merge', body: patchOf(live, differences) });
    if (patched.ok) return { ok: true };
    const read = patched.status === 409 && tries < mostTries ? await client.get(ref) : patched;
    if (!read.ok || !isStill(wanted, read.value, differences)) return { ok: false, why: patched.message };
    live = read.value;
  }
}

function patchOf(live: KubeObject, differences: readonly Difference[]): object {
  const patch = mergePatch(live, mended(live, differences));
  return { ...patch, metadata: { ...objectAt(patch, 'metadata'), resourceVersion: live.metadata.resourceVersion } };
}

function isStill(wanted: DeployedObject['wanted'], live: KubeObject, differences: readonly Difference[]): boolean {
  const found = compareObject(wanted, live);
  return differences.every((difference) => found.some((one) => isDeepStrictEqual(one, difference)));
}

/** With the marks by which Helm knows its own, so that the next upgrade takes it. */
function ofRelease(wanted: DeployedObject['wanted'], { name, namespace }: ReleaseRef): object {
  const metadata = objectAt(wanted, 'metadata');
  return {
    ...wanted,
    metadata: {
      ...metadata,
      namespace,
      labels: { ...objectAt(metadata, 'labels'), 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...objectAt(metadata, 'annotations'), 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
    },
  };
}
