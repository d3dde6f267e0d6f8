import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePipelineNamespace, type PolicyRule } from '@flow/delivery/access';
import { connectCluster } from '@flow/delivery/cluster';
import { parseKubeconfig, type ClusterConnection } from '@flow/delivery/kubeconfig';
import { startSandbox, type AllowedRule, type TokenGrant } from '@flow/sandbox/server';
import { callApi } from '../kubernetes/call-api.ts';
import type { Account, Engine } from './engine.ts';

/** Starts a sandbox of its own. */
export async function openSandboxEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-contract-'));
  const grants: TokenGrant[] = [];
  const places = { stateDir: join(folder, 'state'), imageDir: join(folder, 'images') };
  const sandbox = await startSandbox({ name: 'contract', region: 'eu', ...places, grants });
  const parsed = parseKubeconfig(sandbox.kubeconfig);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const client = connectCluster(parsed.connection);
  const namespace = 'shop';
  await ensurePipelineNamespace(client, namespace);
  return {
    kind: 'sandbox',
    connection: parsed.connection,
    client,
    admin: client,
    adminConnection: parsed.connection,
    namespace,
    folder,
    account: (rules) => Promise.resolve(account({ grants, base: parsed.connection, namespace }, rules)),
    async forgetHistory() {
      await callApi(parsed.connection, { method: 'POST', path: '/sandbox/faults', body: { kind: 'compact' } });
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Place {
  grants: TokenGrant[];
  base: ClusterConnection;
  namespace: string;
}

function account({ grants, base, namespace }: Place, rules: readonly PolicyRule[]): Account {
  const name = `system:serviceaccount:${namespace}:account-${randomBytes(4).toString('hex')}`;
  const allowed = rules.map(({ resourceNames, ...rule }): AllowedRule => ({
    ...rule,
    namespaces: [namespace],
    ...(resourceNames === undefined ? {} : { names: resourceNames }),
  }));
  const connect = (more: { expiresAt?: Date }): ClusterConnection => {
    const token = randomBytes(32).toString('hex');
    grants.push({ name, token, rules: allowed, ...more });
    return { ...base, credential: { kind: 'token', token } };
  };
  return { user: name, connection: connect({}), shortLived: (lifeMs) => connect({ expiresAt: new Date(Date.now() + lifeMs) }) };
}
