import { afterEach, expect, test } from 'vitest';
import { aRollout, aService, aTemplate, aTemplateOfErrorRate, createBench, record, type Bench } from './testing/bench.ts';

const ROLLOUTS = 'rollouts.argoproj.io';
let bench: Bench;

afterEach(async () => {
  expect(bench.logs).toEqual([]);
  await bench.stop();
});

function selected(name: string): unknown {
  return record(record(bench.get('services', name)['spec'])['selector'])['rollouts-pod-template-hash'];
}

async function withPreview(
  strategy: Record<string, unknown>,
  template: Record<string, unknown> = aTemplate('v2'),
): Promise<{ v1: unknown; v2: unknown }> {
  bench = await createBench();
  for (const name of ['api', 'preview']) bench.store.create('services', aService(name));
  bench.store.create('analysistemplates.argoproj.io', aTemplateOfErrorRate());
  bench.store.create(
    ROLLOUTS,
    aRollout({ replicas: 2, strategy: { blueGreen: { activeService: 'api', previewService: 'preview', ...strategy } } }),
  );
  await bench.clock.settle();
  await bench.clock.advance(60_000);
  const v1 = bench.status()['stableRS'];
  await bench.patchSpec({ template });
  return { v1, v2: bench.status()['currentPodHash'] };
}

test('the first deployment is active at once', async () => {
  const { v1 } = await withPreview({ autoPromotionEnabled: false });
  expect(selected('api')).toBe(v1);
});

test('a preview waits for a person, and its promotion switches the active Service', async () => {
  const { v1, v2 } = await withPreview({ autoPromotionEnabled: false });
  expect(bench.status()).toMatchObject({
    phase: 'Paused',
    message: 'BlueGreenPause',
    blueGreen: { activeSelector: v1, previewSelector: v2 },
  });
  expect([selected('api'), selected('preview')]).toEqual([v1, v2]);
  expect(bench.sets()).toMatchObject([{ replicas: 2 }, { replicas: 2 }]);
  await bench.patchStatus({ pauseConditions: null });
  expect(bench.status()).toMatchObject({ phase: 'Healthy', stableRS: v2, blueGreen: { activeSelector: v2 } });
  expect(selected('api')).toBe(v2);
});

test('the old pods stay for scaleDownDelaySeconds, and going back in that time is instant', async () => {
  const { v1, v2 } = await withPreview({ autoPromotionEnabled: false, scaleDownDelaySeconds: 60 });
  await bench.patchStatus({ pauseConditions: null });
  await bench.clock.advance(30_000);
  expect(bench.sets()).toMatchObject([{ hash: v1, replicas: 2 }, { replicas: 2 }]);
  await bench.patchSpec({ template: aTemplate('v1') });
  expect(bench.status()).toMatchObject({ phase: 'Healthy', stableRS: v1 });
  await bench.clock.advance(61_000);
  expect(bench.sets()).toMatchObject([
    { hash: v2, replicas: 0 },
    { hash: v1, replicas: 2 },
  ]);
});

test('autoPromotionSeconds promotes without a person', async () => {
  const { v2 } = await withPreview({ autoPromotionSeconds: 20 });
  expect(bench.status()['phase']).toBe('Paused');
  await bench.clock.advance(21_000);
  expect(bench.status()).toMatchObject({ phase: 'Healthy', stableRS: v2 });
});

test('an abort keeps the active Service and takes the preview down after its delay', async () => {
  const { v1 } = await withPreview({ autoPromotionEnabled: false });
  await bench.patchStatus({ abort: true });
  expect(bench.status()).toMatchObject({ phase: 'Degraded', message: 'RolloutAborted: Rollout aborted update to revision 2' });
  expect(selected('api')).toBe(v1);
  expect(bench.sets()).toMatchObject([{ replicas: 2 }, { replicas: 2 }]);
  await bench.clock.advance(31_000);
  expect(bench.sets()).toMatchObject([{ replicas: 2 }, { replicas: 0 }]);
});

test('a small preview grows to full size before the switch', async () => {
  const { v2 } = await withPreview({ autoPromotionEnabled: false, previewReplicaCount: 1 });
  expect(bench.sets()).toMatchObject([{ replicas: 2 }, { replicas: 1 }]);
  await bench.patchStatus({ pauseConditions: null });
  expect(bench.status()).toMatchObject({ phase: 'Healthy', stableRS: v2 });
  expect(bench.sets()[1]).toMatchObject({ replicas: 2 });
});

const args = [
  { name: 'service', value: 'preview' },
  { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
];
const analysis = { templates: [{ templateName: 'errors' }], args };
const bad = { ...aTemplate('v2'), metadata: { labels: { app: 'api' }, annotations: { 'sandbox.flow.dev/error-rate': '0.5' } } };

test('a bad preview fails its analysis before anyone sees it', async () => {
  const { v1, v2 } = await withPreview({ prePromotionAnalysis: analysis }, bad);
  await bench.clock.advance(15_000);
  expect(bench.status()).toMatchObject({ phase: 'Degraded', abort: true });
  expect(bench.status()['message']).toContain('Blue/green pre-promotion analysis phase error/failed: Metric "error-rate" assessed Failed');
  expect(selected('api')).toBe(v1);
  expect(bench.runs()[0]?.metadata).toMatchObject({ name: `api-${String(v2)}-2-pre`, labels: { 'rollout-type': 'PrePromotion' } });
});

test('a bad release found after the switch is switched back', async () => {
  const { v1, v2 } = await withPreview({ postPromotionAnalysis: analysis }, bad);
  expect(selected('api')).toBe(v2);
  await bench.clock.advance(15_000);
  expect(bench.status()).toMatchObject({ phase: 'Degraded', abort: true, stableRS: v1 });
  expect(selected('api')).toBe(v1);
});

test('a good release is stable once its analysis after the switch has passed', async () => {
  const { v1, v2 } = await withPreview({ postPromotionAnalysis: analysis });
  expect(bench.status()).toMatchObject({ phase: 'Progressing', message: 'waiting for analysis to complete', stableRS: v1 });
  await bench.clock.advance(40_000);
  expect(bench.status()).toMatchObject({ phase: 'Healthy', stableRS: v2 });
});
