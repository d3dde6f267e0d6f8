import { randomBytes } from 'node:crypto';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import { realClusters } from '../../cluster/access.ts';
import type { RealCluster } from '../../cluster/access.ts';
import { eventually } from '../../contract/eventually.ts';

const goneWithinMs = 20 * 60_000;

/** A namespace of a benchmark, deleted with all that is in it, and waited for: the next row is not to pay for it. */
export interface Place extends AsyncDisposable {
  namespace: string;
}

/** Makes a namespace in a cluster. */
export async function openPlace({ admin }: RealCluster, name: string): Promise<Place> {
  const namespace = `bench-${name}-${randomBytes(3).toString('hex')}`;
  await using client = connectCluster(admin);
  const made = await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  if (!made.ok) throw new Error(made.detail);
  return { namespace, [Symbol.asyncDispose]: () => removeNamespace(admin, namespace) };
}

/** Deletes a namespace and waits until it is gone. */
export async function removeNamespace(admin: RealCluster['admin'], name: string): Promise<void> {
  await using client = connectCluster(admin);
  await client.delete({ kind: kinds.namespaces, name });
  await eventually(`${name} is gone`, async () => !(await client.get({ kind: kinds.namespaces, name })).ok, goneWithinMs);
}

/** The cluster of this machine that runs workflows. */
export function clusterWithWorkflows(): RealCluster {
  const found = realClusters().find(({ runsWorkflows }) => runsWorkflows);
  if (found === undefined) throw new Error('no cluster runs workflows');
  return found;
}
