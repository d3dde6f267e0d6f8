import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePipelineNamespace } from '@flow/delivery/access';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import { realClusters, type RealCluster } from '../../cluster/access.ts';
import { compactHistory } from '../../cluster/history.ts';
import { eventually } from '../eventually.ts';
import type { Engine } from './engine.ts';
import { makeRealAccount } from './real-account.ts';

/** Opens the real cluster that runs workflows, in a namespace that no other file uses. */
export async function openRealEngine(): Promise<Engine> {
  const cluster = withWorkflows();
  const client = connectCluster(cluster.flow);
  const admin = connectCluster(cluster.admin);
  const namespace = `contract-${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'flow-contract-'));
  await ensurePipelineNamespace(client, namespace);
  await eventually('the default account', async () => (await admin.read(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)).ok);
  return {
    kind: 'real',
    connection: cluster.flow,
    client,
    admin,
    adminConnection: cluster.admin,
    namespace,
    folder,
    account: (rules) => makeRealAccount({ cluster, admin, namespace }, rules),
    // Those of others cannot be told to: they do it by themselves every five minutes.
    forgetHistory: () => (cluster.isOwn ? compactHistory(cluster.name) : Promise.resolve()),
    async [Symbol.asyncDispose]() {
      await admin.delete({ kind: kinds.namespaces, name: namespace });
      await client[Symbol.asyncDispose]();
      await admin[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withWorkflows(): RealCluster {
  const found = realClusters().find((cluster) => cluster.runsWorkflows);
  if (found === undefined) throw new Error('None of the real clusters runs workflows');
  return found;
}
