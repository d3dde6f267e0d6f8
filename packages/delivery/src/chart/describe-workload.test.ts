import { expect, test } from 'vitest';
import { describeWorkload, leastWorkload } from './describe-workload.ts';

const rollout = (replicas: number, resources: string) => `
kind: Rollout
spec:
  replicas: ${replicas}
  template: { spec: { containers: [{ name: app, resources: ${resources} }] } }
`;
const budget = (spec: string) => `
kind: PodDisruptionBudget
spec: { ${spec} }
`;
const needs = '{ requests: { cpu: 100m, memory: 64Mi } }';

test('replicas, budget and needs are read off the manifest', () => {
  expect(describeWorkload([rollout(3, needs), budget('minAvailable: 2')].join('---'))).toEqual({
    replicas: 3,
    disruptionBudget: 2,
    hasResources: true,
  });
  expect(describeWorkload(rollout(1, '{}'))).toEqual({ replicas: 1, disruptionBudget: null, hasResources: false });
});

test.each([
  ['minAvailable: 50%', 2],
  ['maxUnavailable: 1', 2],
  ['maxUnavailable: 25%', 2],
  ['maxUnavailable: 100%', 0],
])('a budget of three pods with %s keeps up %i', (spec, kept) => {
  expect(describeWorkload([rollout(3, needs), budget(spec)].join('---'))?.disruptionBudget).toBe(kept);
});

test('a manifest that runs nothing has no workload', () => {
  expect(describeWorkload('kind: ConfigMap\n')).toBeNull();
});

test('several regions are as good as the least of them', () => {
  const [good, poor] = [
    { replicas: 5, disruptionBudget: 3, hasResources: true },
    { replicas: 2, disruptionBudget: null, hasResources: false },
  ];
  expect(leastWorkload([good, poor, null])).toEqual({ replicas: 2, disruptionBudget: null, hasResources: false });
  expect(leastWorkload([null])).toBeNull();
});
