import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildImage, createKubelet } from '../pods/index.ts';
import { createClock, createStore, type Controller, type SandboxContext, type WatchableStore } from '../store/index.ts';
import { createWorkloadControllers, trafficReport } from '../workloads/index.ts';
import { createRolloutControllers } from './index.ts';
import { aRollout, aService, aTemplateOfErrorRate, record } from './testing/bench.ts';

const ROLLOUTS = 'rollouts.argoproj.io';
const patience = { timeout: 120_000, interval: 100 };
let root: string;
let store: WatchableStore;
let ctx: SandboxContext;
let controllers: Controller[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flow-release-'));
  const clock = createClock();
  store = createStore({ clock });
  ctx = { store, clock, stateDir: join(root, 'state'), imageDir: join(root, 'images'), log: () => undefined };
  controllers = [createKubelet(ctx), ...createWorkloadControllers(ctx), ...createRolloutControllers(ctx)];
  for (const controller of controllers) controller.start();
});

afterEach(async () => {
  for (const controller of controllers) await controller.stop();
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

/** An HTTP service that answers every request with the status. */
async function anImage(name: string, status: number): Promise<string> {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'serve.cjs'),
    `require('node:http').createServer((_, out) => out.writeHead(${status}).end('${name}')).listen(process.env.PORT, process.env.HOST);\n`,
  );
  const digest = await buildImage({ folder, name: 'shop/api', entrypoint: [process.execPath, 'serve.cjs'], imageDir: ctx.imageDir });
  return `shop/api@${digest}`;
}

function template(image: string): Record<string, unknown> {
  return {
    metadata: { labels: { app: 'api' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'api', image, ports: [{ containerPort: 8080 }] }] },
  };
}

const status = () => record(store.get(ROLLOUTS, { namespace: 'shop', name: 'api' })?.['status']);

function release(image: string): void {
  store.modify(ROLLOUTS, { namespace: 'shop', name: 'api' }, (draft) => {
    draft['spec'] = { ...record(draft['spec']), template: template(image) };
  });
}

test(
  'with real processes and real visitors a good release becomes stable and a bad one is aborted by its analysis',
  { timeout: 480_000 },
  async () => {
    const [good, better, bad] = [await anImage('good', 200), await anImage('better', 200), await anImage('bad', 500)];
    const service = aService('api');
    store.create('services', { ...service, metadata: { ...service.metadata, annotations: { 'sandbox.flow.dev/visitors': '50' } } });
    store.create('analysistemplates.argoproj.io', aTemplateOfErrorRate({ interval: '1s', count: 2 }));
    const args = [
      { name: 'service', value: 'api' },
      { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
    ];
    const steps = [{ setWeight: 50 }, { pause: { duration: '2s' } }, { analysis: { templates: [{ templateName: 'errors' }], args } }];
    store.create(ROLLOUTS, aRollout({ replicas: 2, strategy: { canary: { steps } }, spec: { template: template(good) } }));
    await expect.poll(() => status()['phase'], patience).toBe('Healthy');

    release(better);
    await expect.poll(() => status()['phase'], patience).not.toBe('Healthy');
    await expect.poll(() => status()['phase'], patience).toBe('Healthy');
    const stable = status()['stableRS'];

    release(bad);
    await expect.poll(() => status()['phase'], patience).toBe('Degraded');
    expect(status()).toMatchObject({ abort: true, stableRS: stable });
    expect(status()['message']).toContain('Metric "error-rate" assessed Failed due to failed (1) > failureLimit (0)');
    const report = trafficReport(ctx, { namespace: 'shop', service: 'api' });
    expect(report?.hashes[String(status()['currentPodHash'])]).toMatchObject({ errorRate: 1 });
    expect(report?.hashes[String(stable)]?.successRate).toBeGreaterThan(0.95);
    await expect
      .poll(() => store.list('pods').filter((pod) => pod.metadata.labels?.['rollouts-pod-template-hash'] !== stable), patience)
      .toEqual([]);
  },
);
