import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowError } from '@flow/core/fault';
import { flowChartValues } from '@flow/core/configuration';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueAt } from '../json/index.ts';
import { parseUntrustedYaml } from '../yaml/index.ts';
import { checkManifest } from './check-manifest.ts';
import { serviceChart } from './describe-chart.ts';
import { renderChart } from './render-chart.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const mark = { tenant: 'shop', service: 'checkout', environment: 'prod', deployment: 'd-1' };
const rules = {
  namespace: 'shop-prod',
  image: `registry.local/shop/checkout@${digest}`,
  labels: { 'flow.dev/tenant': 'shop', 'flow.dev/service': 'checkout', 'flow.dev/environment': 'prod', 'flow.dev/deployment': 'd-1' },
  analysisHosts: ['metrics.sandbox'],
};

let homeDir = '';
beforeAll(() => {
  homeDir = mkdtempSync(join(tmpdir(), 'flow-helm-test-'));
});
afterAll(() => {
  rmSync(homeDir, { recursive: true, force: true });
});

async function render(...layers: Record<string, unknown>[]): Promise<string> {
  const { path } = await serviceChart();
  const values = flowChartValues({
    layers,
    mark,
    image: { repository: 'registry.local/shop/checkout', digest },
    strategy: {
      steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }, { kind: 'analysis' }],
      analysis: { maxErrorRatePercent: 2, maxP95Ms: 300, intervalSeconds: 5, failureLimit: 1 },
    },
  });
  return renderChart({ chart: path, values, namespace: 'shop-prod', releaseName: 'checkout', homeDir });
}

async function faultOf(...layers: Record<string, unknown>[]): Promise<FlowError> {
  const result = await render(...layers).catch((error: unknown) => error);
  if (!(result instanceof FlowError)) throw new Error('it rendered');
  return result;
}

describe("Flow's service chart", () => {
  test('renders with its defaults', async () => {
    const { path } = await serviceChart();
    await expect(renderChart({ chart: path, values: {}, namespace: 'a', releaseName: 'b', homeDir })).resolves.toContain('kind: Rollout');
  });

  test('renders only what a tenant may create, marked with the deployment', async () => {
    expect(checkManifest(await render({ env: { A: 'x\ny: "z"' }, annotations: { 'sandbox.flow.dev/visitors': '20' } }), rules)).toEqual([]);
  });

  test('measures the canary in the background and at analysis steps, against the limits of the strategy', async () => {
    const parsed = parseUntrustedYaml(await render());
    const rollout = parsed.ok ? parsed.documents.find((one) => valueAt(one, 'kind') === 'Rollout') : undefined;
    expect(valueAt(rollout, 'spec', 'strategy', 'canary', 'analysis', 'templates', 0, 'templateName')).toBe('checkout-background');
    expect(valueAt(rollout, 'spec', 'strategy', 'canary', 'steps', 2, 'analysis', 'templates', 0, 'templateName')).toBe('checkout-step');
    const template = parsed.ok ? parsed.documents.find((one) => valueAt(one, 'metadata', 'name') === 'checkout-background') : undefined;
    expect(valueAt(template, 'spec', 'metrics', 0)).toMatchObject({
      name: 'error-rate',
      successCondition: 'result <= 0.02',
      failureLimit: 1,
      interval: '5s',
    });
    expect(valueAt(template, 'spec', 'metrics', 1)).toMatchObject({ name: 'p95', successCondition: 'result <= 300' });
  });

  test('refuses wrong values by name, as a fault of the configuration', async () => {
    const wrong = await faultOf({ replicas: 'two', rolout: {} });
    expect(wrong).toMatchObject({ code: 'invalid', owner: 'configuration' });
    expect(wrong.message).toContain("at '/replicas': got string, want integer");
    expect(wrong.message).toContain("additional properties 'rolout' not allowed");
    expect((await faultOf({ analysis: { provider: 'prometheus' } })).message).toMatch(/address.*got null, want string/);
  });

  test('has one digest as long as no file changes', async () => {
    const chart = await serviceChart();
    expect(chart).toMatchObject({ name: 'flow-service', version: '1.0.0' });
    expect(chart.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await serviceChart()).digest).toBe(chart.digest);
  });

  test('a value with a new line adds no document', async () => {
    const manifest = await render({ env: { A: 'x\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: evil' } });
    expect(checkManifest(manifest, rules)).toEqual([]);
    expect(manifest.match(/^kind: .*$/gm)).not.toContain('kind: Secret');
  });
});
