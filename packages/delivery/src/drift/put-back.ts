import { mended, mergePatch, type FoundDrift } from '@flow/core/drift';
import type { ClusterClient } from '../cluster/index.ts';
import type { ReleaseRef } from '../helm/index.ts';
import { objectAt } from '../json/index.ts';
import type { DeployedObject } from './read-deployed.ts';

/** What came of putting an object back. `why` may be shown. */
export type PutBack = { ok: true } | { ok: false; why: string };

/**
 * Puts an object back as it was deployed: made anew when it is not there, else patched in the fields that differ and in no other. Refused when somebody has
 * changed it since it was read. Helm itself would change a Rollout only by what differs between two of its own records, so that applying the same again mends nothing.
 */
export async function putBack(
  client: ClusterClient,
  release: ReleaseRef,
  mending: { object: DeployedObject; drift: readonly FoundDrift[] },
): Promise<PutBack> {
  const { object, drift } = mending;
  const { ref, wanted, live } = object;
  const { kind, namespace = release.namespace } = ref;
  if (live === null) {
    const made = await client.create({ kind, namespace }, ofRelease(wanted, release));
    return made.ok ? { ok: true } : { ok: false, why: made.message };
  }
  const patch = mergePatch(
    live,
    mended(
      live,
      drift.map(({ difference }) => difference),
    ),
  );
  const { resourceVersion } = live.metadata;
  const body = { ...patch, metadata: { ...objectAt(patch, 'metadata'), resourceVersion } };
  const patched = await client.patch(ref, { type: 'merge', body });
  return patched.ok ? { ok: true } : { ok: false, why: patched.message };
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
