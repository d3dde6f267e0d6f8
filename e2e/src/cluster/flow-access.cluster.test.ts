import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterPurposes } from '@flow/core/cluster';
import { accessManifest, flowAccount, grantsFor, probeCluster, ruleOf, type ClusterProbe } from '@flow/delivery/access';
import { connectCluster, kinds, type ClusterClient, type ResourceKind } from '@flow/delivery/cluster';
import { unpackBinaries } from '@flow/sandbox/server/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { realClusters } from './access.ts';
import { makeAccount } from './account.ts';
import { askedSince } from './audit.ts';
import { adminKubeconfigPath } from './places.ts';
import { takeTour } from './access-tour/tour.ts';

const own = realClusters().find((cluster) => cluster.isOwn && cluster.runsWorkflows);
const folder = mkdtempSync(join(tmpdir(), 'flow-access-'));
let admin: ClusterClient;
beforeAll(() => {
  if (own !== undefined) admin = connectCluster(own.admin);
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const missingIn = (probe: ClusterProbe) => probe.checks.filter((check) => check.state === 'missing');

/** Runs a command line that Flow shows, as the administrator of the cluster. */
async function shell(command: string): Promise<string> {
  const kubectl = unpackBinaries().kubectl;
  const setUp = `kubectl() { ${kubectl} --context ${own?.name ?? ''} "$@"; }; cd ${folder}; `;
  const env = { PATH: process.env['PATH'], KUBECONFIG: adminKubeconfigPath, NODE_ENV: 'production' } as const;
  return (await promisify(execFile)('bash', ['-c', `${setUp}${command}`], { env })).stdout;
}

describe.runIf(own !== undefined)('an account with what Flow is granted', { timeout: 900_000 }, () => {
  if (own === undefined) return;

  test('is made by the manifest as operators apply it, and its token lets Flow in with nothing missing', async () => {
    writeFileSync(join(folder, 'flow-access.yaml'), accessManifest(clusterPurposes));
    await shell('kubectl apply -f flow-access.yaml');
    const token = await shell("kubectl get secret flow-token --namespace flow-system --output jsonpath='{.data.token}' | base64 --decode");
    const caPem = await shell("kubectl get configmap kube-root-ca.crt --namespace flow-system --output jsonpath='{.data.ca\\.crt}'");
    await using client = connectCluster({ server: own.admin.server, caPem, credential: { kind: 'token', token } });
    const probe = await probeCluster(client, clusterPurposes);
    expect(missingIn(probe)).toEqual([]);
    expect(probe.account).toBe(`system:serviceaccount:${flowAccount.namespace}:${flowAccount.name}`);
  });

  test('loses no right that the test does not report by its name, and each is given back by the command that it shows', async () => {
    const grants = grantsFor(clusterPurposes);
    const rules = grants.map(ruleOf);
    await using account = await makeAccount(admin, own.admin, rules);
    await using client = connectCluster(account.connection);
    const missing = () => probeCluster(client, clusterPurposes).then(missingIn);
    await eventually('all rights are there', async () => (await missing()).length === 0);
    for (const [index, grant] of grants.entries()) {
      for (const verb of grant.verbs) {
        const subject = `The right to ${verb} ${[grant.resource, grant.name].filter(Boolean).join(' ')}`;
        const rest = { ...ruleOf(grant), verbs: grant.verbs.filter((one) => one !== verb) };
        await account.grant(rules.flatMap((rule, place) => (place !== index ? [rule] : rest.verbs.length === 0 ? [] : [rest])));
        const found = await eventually(`${subject} is reported`, async () => {
          const now = await missing();
          return now.length > 0 && now;
        });
        expect(found.map((check) => check.subject)).toEqual([subject]);
        const command = found[0]?.command ?? '';
        await shell(command);
        await eventually(`${command} gives it back`, async () => (await missing()).length === 0);
        const role = /create clusterrole (\S+)/.exec(command)?.[1] ?? '';
        await shell(`kubectl delete clusterrole,clusterrolebinding ${role}`);
        await account.grant(rules);
        await eventually('all rights are there again', async () => (await missing()).length === 0);
      }
    }
  });

  test('is refused nothing that Flow does, and does everything that it is granted but what older servers need', async () => {
    const namespace = `tour-${Date.now().toString(36)}`;
    const since = new Date();
    await using client = connectCluster(own.flow);
    try {
      await takeTour({ connection: own.flow, client, namespace, folder: join(folder, 'tour') });
    } finally {
      await admin.delete({ kind: kinds.namespaces, name: namespace });
    }
    const asked = askedSince(own.name, since);
    expect(asked.filter(({ status }) => status === 403)).toEqual([]);
    const did = new Set(asked.map(({ verb, group, resource }) => `${verb} ${group}/${resource}`));
    // To bind is asked of nobody: it is looked for when a RoleBinding is created.
    const unused = grantsFor(clusterPurposes).flatMap((grant) =>
      grant.verbs
        .filter((verb) => verb !== 'bind')
        .flatMap((verb) => {
          const act = `${verb} ${grant.kind.group}/${grant.resource}`;
          return did.has(act) ? [] : [act];
        }),
    );
    // Helm lists what it waits for where a server knows no WatchList.
    expect(unused).toEqual(['list batch/jobs']);
  });

  test('can bind the role of the executors and no other, and sees nothing of nodes and of other people’s roles', async () => {
    await using client = connectCluster(own.flow);
    const group = 'rbac.authorization.k8s.io';
    const bind = (role: string) =>
      client.create(
        { kind: kinds.roleBindings, namespace: 'default' },
        {
          apiVersion: `${group}/v1`,
          kind: 'RoleBinding',
          metadata: { name: `by-flow-${role}` },
          roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
          subjects: [{ kind: 'ServiceAccount', ...flowAccount }],
        },
      );
    await expect(bind('cluster-admin')).rejects.toThrow('does not allow Flow');
    await expect(bind('edit')).rejects.toThrow('does not allow Flow');
    const hidden: ResourceKind[] = [
      { group: '', version: 'v1', plural: 'nodes', kind: 'Node' },
      { group, version: 'v1', plural: 'clusterroles', kind: 'ClusterRole' },
      { group, version: 'v1', plural: 'clusterrolebindings', kind: 'ClusterRoleBinding' },
      { group, version: 'v1', plural: 'rolebindings', kind: 'RoleBinding' },
    ];
    for (const kind of hidden) await expect(client.list({ kind }).next()).rejects.toThrow('does not allow Flow');
  });
});
