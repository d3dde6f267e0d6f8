import { connectCluster, kinds, type ClusterClient } from '@flow/delivery/cluster';
import { z } from 'zod';
import { eventually } from '../contract/eventually.ts';
import type { RealCluster } from './access.ts';

/** Removes the namespaces that Flow made in a cluster, and waits until they are gone: what an earlier product left is not the next one's. */
export async function removeMadeByFlow(cluster: RealCluster): Promise<void> {
  await using admin = connectCluster(cluster.admin);
  for (const name of await madeByFlow(admin)) await admin.delete({ kind: kinds.namespaces, name });
  await eventually('no namespace of Flow is left', async () => (await madeByFlow(admin)).length === 0, 300_000);
}

const named = z.object({ metadata: z.object({ name: z.string() }) });

async function madeByFlow(admin: ClusterClient): Promise<string[]> {
  const names: string[] = [];
  for await (const page of admin.list({ kind: kinds.namespaces, labelSelector: 'flow.dev/managed=true' }))
    names.push(...page.items.map((item) => named.parse(item).metadata.name));
  return names;
}
