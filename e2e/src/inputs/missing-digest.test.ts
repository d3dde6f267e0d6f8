import { join } from 'node:path';
import { flowChartValues } from '@flow/core/configuration';
import { serviceChart } from '@flow/delivery/chart';
import { kinds } from '@flow/delivery/cluster';
import { createHelm } from '@flow/delivery/helm';
import { projectPod, projectRollout } from '@flow/delivery/rollouts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { openEngine } from '../contract/engine/engine.ts';
import type { Engine } from '../contract/engine/engine.ts';

let cluster: Engine;
beforeAll(async () => {
  cluster = await openEngine();
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

test(
  'a digest that is not in the registry is named at its pods, fails the canary, and leaves the stable pods serving',
  { timeout: 120_000 },
  async () => {
    const helm = await createHelm({ connection: cluster.connection, homeDir: join(cluster.folder, 'helm') });
    const chart = (await serviceChart()).path;
    const deploy = (deploymentId: string, repository: string) =>
      helm.upgradeInstall({
        namespace: 'shop',
        name: 'checkout',
        chart,
        deploymentId,
        values: flowChartValues({
          layers: [{ replicas: 2, probes: { readinessPath: '', livenessPath: '' }, rollout: { progressDeadlineSeconds: 10 } }],
          mark: { tenant: 'shop', service: 'checkout', environment: 'prod', deployment: deploymentId },
          image: { repository, digest: `sha256:${'a'.repeat(64)}` },
          strategy: { steps: [{ kind: 'weight', percent: 50 }, { kind: 'pause' }], analysis: null },
        }),
      });
    const rollout = async () => {
      const answer = await cluster.client.get({ kind: kinds.rollouts, namespace: 'shop', name: 'checkout' });
      if (!answer.ok) throw new Error(answer.message);
      return projectRollout(answer.value);
    };
    const pods = async () => {
      const hashes = await rollout();
      const found = [];
      for await (const page of cluster.client.list({ kind: kinds.pods, namespace: 'shop' })) found.push(...page.items);
      return found.map((pod) => projectPod(pod, hashes));
    };
    await deploy('d-1', 'registry.invalid/checkout');
    await eventually('the first version is healthy', async () => (await rollout()).phase === 'Healthy');
    await deploy('d-2', 'sandbox.local/checkout');
    const canaries = await eventually('the canary cannot be pulled', async () => {
      const found = (await pods()).filter((pod) => pod.role === 'canary');
      return found.some((pod) => pod.reason === 'ErrImagePull') && found;
    });
    expect(canaries.every((pod) => !pod.ready)).toBe(true);
    const failed = await eventually('the Rollout gives up', async () => {
      const seen = await rollout();
      return seen.phase === 'Degraded' && seen;
    });
    expect(failed).toMatchObject({ deploymentId: 'd-2', message: expect.stringMatching(/progress/i) });
    const stable = (await pods()).filter((pod) => pod.role === 'stable');
    expect(stable.length).toBeGreaterThan(0);
    expect(stable.every((pod) => pod.ready)).toBe(true);
  },
);
