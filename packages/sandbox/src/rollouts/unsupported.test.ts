import { expect, test } from 'vitest';
import type { KubeObject } from '../store/index.ts';
import { unsupportedInAnalysisRun, unsupportedInAnalysisTemplate, unsupportedInExperiment, unsupportedInRollout } from './unsupported.ts';

function anObject(spec: Record<string, unknown>): KubeObject {
  const metadata = { name: 'x', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'X', metadata, spec };
}

const paths = (found: { path: string }[]) => found.map(({ path }) => path);

test('what a Rollout asks for beyond pod counts is named with its path', () => {
  const steps = [
    { setWeight: 5 },
    { setCanaryScale: { weight: 5 } },
    { setHeaderRoute: {} },
    { plugin: {} },
    { experiment: { templates: [{ weight: 5 }] } },
  ];
  const found = unsupportedInRollout(
    anObject({ workloadRef: {}, strategy: { canary: { trafficRouting: {}, canaryMetadata: {}, steps } } }),
  );
  expect(paths(found)).toEqual([
    'spec.workloadRef',
    'spec.strategy.canary.trafficRouting',
    'spec.strategy.canary.canaryMetadata',
    'spec.strategy.canary.steps[1].setCanaryScale',
    'spec.strategy.canary.steps[2].setHeaderRoute',
    'spec.strategy.canary.steps[3].plugin',
    'spec.strategy.canary.steps[4].experiment.templates[0].weight',
  ]);
});

test('providers, conditions and paths that cannot be read are named with their path', () => {
  const metrics = [
    { provider: { prometheus: {} } },
    { provider: { web: { jsonPath: '{$..x}', authentication: {} } }, successCondition: 'any(result, {# > 1})' },
    { provider: { web: { jsonPath: '{$.{{args.field}}}' } }, successCondition: 'result >= {{args.limit}}' },
  ];
  expect(paths(unsupportedInAnalysisTemplate(anObject({ metrics, args: [{ name: 'a', valueFrom: { secretKeyRef: {} } }] })))).toEqual([
    'spec.args[0].valueFrom.secretKeyRef',
    'spec.metrics[0].provider.prometheus',
    'spec.metrics[1].provider.web.authentication',
    'spec.metrics[1].provider.web.jsonPath',
    'spec.metrics[1].successCondition',
  ]);
});

test('what a run or an experiment asks for beyond is named with its path', () => {
  expect(paths(unsupportedInAnalysisRun(anObject({ ttlStrategy: {} })))).toEqual(['spec.ttlStrategy']);
  expect(paths(unsupportedInExperiment(anObject({ templates: [{ service: {} }] })))).toEqual(['spec.templates[0].service']);
});

test('a plain canary with steps is accepted', () => {
  expect(unsupportedInRollout(anObject({ strategy: { canary: { steps: [{ setWeight: 5 }, { pause: {} }] } } }))).toEqual([]);
});
