import { connectCluster, kinds } from '@flow/delivery/cluster';
import { describe, expect, test } from 'vitest';
import { realClusters } from './access.ts';
import { kill, startAgain, type PartName } from './faults.ts';

const own = realClusters().filter((cluster) => cluster.isOwn);
const killed: readonly PartName[] = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'rollouts-controller'];

describe.each(own.map(({ name }) => name))('the cluster %s', { timeout: 300_000 }, (name) => {
  test.each(killed)('keeps what it holds when its %s is killed, and works when that is started again', async (part) => {
    const cluster = own.find((one) => one.name === name);
    if (cluster === undefined) throw new Error(`${name} is gone`);
    await using client = connectCluster(cluster.admin);
    const before = await client.get({ kind: kinds.namespaces, name: 'default' });
    await kill(name, part);
    if (part === 'kube-apiserver') await expect(client.version()).rejects.toThrow(cluster.admin.server);
    await startAgain(name, part);
    const after = await client.get({ kind: kinds.namespaces, name: 'default' });
    expect(after.ok && after.value.metadata.uid).toBe(before.ok && before.value.metadata.uid);
  });
});

test('a cluster that is not of this checkout is never harmed: it is refused by name', async () => {
  await expect(kill('someone-elses', 'etcd')).rejects.toThrow(/no cluster someone-elses of this checkout/);
});
