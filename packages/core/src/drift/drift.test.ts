import { describe, expect, test } from 'vitest';
import { findDrift, mended, mergePatch, redact } from './index.ts';
import type { JsonObject } from './index.ts';
import { aManifest, changed } from './testing.ts';

const { rollout, service, config } = aManifest();
const container = ['spec', 'template', 'spec', 'containers', 0] as const;

const told = (wanted: JsonObject, live: JsonObject | null) =>
  findDrift([{ wanted, live }]).map(({ kind, name, path, difference: { wanted: was, found } }) => [`${kind}/${name}`, path, was, found]);

describe('what is told', () => {
  test.each([
    ['a number of pods', ['spec', 'replicas'], 5, 'spec.replicas'],
    ['an image', [...container, 'image'], 'registry.test/other', 'spec.template.spec.containers[name=main].image'],
    ['a variable', [...container, 'env', 1, 'value'], 'debug', 'spec.template.spec.containers[name=main].env[name=LOG_LEVEL].value'],
    ['an argument', [...container, 'args', 1], '9090', 'spec.template.spec.containers[name=main].args[1]'],
    ['a label', ['metadata', 'labels', 'flow.dev/tenant'], 'globex', 'metadata.labels["flow.dev/tenant"]'],
    [
      'a field that is gone',
      ['spec', 'template', 'spec', 'automountServiceAccountToken'],
      undefined,
      'spec.template.spec.automountServiceAccountToken',
    ],
    ['a part of the machine', ['spec', 'template', 'spec', 'hostNetwork'], true, 'spec.template.spec.hostNetwork'],
    ['a step', ['spec', 'strategy', 'canary', 'steps', 0, 'setWeight'], 100, 'spec.strategy.canary.steps[0].setWeight'],
    [
      'how long a step waits',
      ['spec', 'strategy', 'canary', 'steps', 3, 'pause'],
      { duration: '1s' },
      'spec.strategy.canary.steps[3].pause.duration',
    ],
    [
      'an amount',
      [...container, 'resources', 'requests', 'cpu'],
      '501m',
      'spec.template.spec.containers[name=main].resources.requests.cpu',
    ],
  ])('%s', (...row) => {
    const [, path, to, text] = row;
    expect(told(rollout, changed(rollout, path, to)).map(([, at]) => at)).toEqual([text]);
  });

  test('what was added where no server adds anything: a variable, a container, a command, a selector, an entry', () => {
    const withVariable = changed(rollout, [...container, 'env', 3], { name: 'DEBUG', value: '1' });
    expect(told(rollout, withVariable)).toEqual([
      ['Rollout/checkout', 'spec.template.spec.containers[name=main].env[name=DEBUG]', undefined, { name: 'DEBUG', value: '1' }],
    ]);
    expect(told(rollout, changed(rollout, ['spec', 'template', 'spec', 'containers', 1], { name: 'spy' }))).toHaveLength(1);
    expect(told(rollout, changed(rollout, [...container, 'command'], ['sh']))).toHaveLength(1);
    expect(told(service, changed(service, ['spec', 'selector', 'version'], 'old'))).toHaveLength(1);
    expect(told(config, changed(config, ['data', 'other'], 'x'))).toEqual([['ConfigMap/checkout', 'data.other', undefined, 'x']]);
  });

  test('a list of another length as a whole', () => {
    const args = ['--listen', '8080', '--debug'];
    expect(told(rollout, changed(rollout, [...container, 'args'], args))).toEqual([
      ['Rollout/checkout', 'spec.template.spec.containers[name=main].args', ['--listen', '8080'], args],
    ]);
  });

  test('an object that is not there', () => {
    expect(told(service, null)).toEqual([['Service/checkout-stable', '', service, undefined]]);
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { ttlSecondsAfterFinished: 60 } };
    expect(told(job, null)).toEqual([]);
  });

  test('who wrote it last, and when', () => {
    const entry = (manager: string, time: string, fieldsV1: object) => ({ manager, operation: 'Update', time, fieldsV1 });
    const owned = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': { '.': {}, 'f:image': {} } } } } } };
    const managedFields = [
      entry('helm', '2026-03-01T08:00:00Z', { 'f:spec': { 'f:replicas': {} } }),
      entry('kubectl-edit', '2026-03-01T09:00:00Z', owned),
    ];
    const live = changed(changed(rollout, [...container, 'image'], 'other'), ['metadata', 'managedFields'], managedFields);
    expect(findDrift([{ wanted: rollout, live }])[0]?.changedBy).toEqual({ name: 'kubectl-edit', at: '2026-03-01T09:00:00Z' });
  });
});

describe('what is not told', () => {
  test.each([
    ['the state', rollout, ['status'], { phase: 'Healthy' }],
    ['a hold', rollout, ['spec', 'paused'], true],
    ['a restart', rollout, ['spec', 'restartAt'], '2026-03-01T08:00:00Z'],
    ['a revision', rollout, ['metadata', 'annotations'], { 'rollout.argoproj.io/revision': '7' }],
    ['that Helm manages it', rollout, ['metadata', 'labels', 'app.kubernetes.io/managed-by'], 'Helm'],
    ['which pods the stable service selects', service, ['spec', 'selector', 'rollouts-pod-template-hash'], 'abc'],
    ['an address', service, ['spec', 'clusterIP'], '10.0.0.1'],
    ['an amount in another form', rollout, [...container, 'resources', 'requests', 'cpu'], '500m'],
    ['a default of a port', rollout, [...container, 'ports', 0, 'protocol'], 'TCP'],
    ['a default of a container', rollout, [...container, 'imagePullPolicy'], 'IfNotPresent'],
    ['what is false without being said', rollout, ['spec', 'template', 'spec', 'hostNetwork'], undefined],
  ])('%s', (...row) => {
    const [, object, path, to] = row;
    expect(told(object, changed(object, path, to))).toEqual([]);
  });

  test('the number of pods that an autoscaler sets, known by the release or by who wrote it', () => {
    const live = changed(rollout, ['spec', 'replicas'], 9);
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'checkout' },
      spec: { scaleTargetRef: { kind: 'Rollout', name: 'checkout' } },
    };
    expect(
      findDrift([
        { wanted: rollout, live },
        { wanted: autoscaler, live: autoscaler },
      ]),
    ).toEqual([]);
    const entry = { manager: 'kube-controller-manager', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } };
    expect(told(rollout, changed(live, ['metadata', 'managedFields'], [entry]))).toEqual([]);
    expect(told(rollout, changed(live, ['metadata', 'managedFields'], [{ ...entry, manager: 'kubectl' }]))).toHaveLength(1);
  });
});

describe('secrets', () => {
  const shown = (wanted: JsonObject, live: JsonObject) =>
    findDrift([{ wanted, live }]).map(({ kind, difference }) => redact(kind, difference));
  const hidden = [{ wanted: '(hidden)', found: '(hidden)', isHidden: true }];

  test('of a Secret and of what is named as one no value is shown', () => {
    const secret = { kind: 'Secret', metadata: { name: 's' }, data: { a: 'MQ==' } };
    expect(shown(secret, changed(secret, ['data', 'a'], 'Mg=='))).toEqual(hidden);
    expect(shown(rollout, changed(rollout, [...container, 'env', 2, 'value'], 'other'))).toEqual(hidden);
    const tokens = { kind: 'ConfigMap', metadata: { name: 'c' }, data: { 'api-token': 'a' } };
    expect(shown(tokens, changed(tokens, ['data', 'api-token'], 'b'))).toEqual(hidden);
  });

  test('nor one that stands in a text or in an added item', () => {
    const args = ['--listen', '8080', '--password=canary'];
    const [inText] = shown(rollout, changed(rollout, [...container, 'args'], args));
    expect(inText).toEqual({ wanted: ['--listen', '8080'], found: ['--listen', '8080', '(hidden)'], isHidden: true });
    const [added] = shown(rollout, changed(rollout, [...container, 'env', 3], { name: 'API_KEY', value: 'canary' }));
    expect(JSON.stringify(added)).not.toContain('canary');
  });

  test('what is none is shown as it is', () => {
    const [plain] = shown(rollout, changed(rollout, [...container, 'env', 1, 'value'], 'debug'));
    expect(plain).toEqual({ wanted: 'info', found: 'debug', isHidden: false });
  });
});

test('mending puts back what differs and leaves alone what others own', () => {
  const live = changed(
    changed(changed(rollout, ['spec', 'replicas'], 9), [...container, 'env', 3], { name: 'DEBUG', value: '1' }),
    ['spec', 'paused'],
    true,
  );
  const after = mended(
    live,
    findDrift([{ wanted: rollout, live }]).map(({ difference }) => difference),
  );
  expect(after).toEqual(changed(rollout, ['spec', 'paused'], true));
  expect(mergePatch(live, after)).toEqual({
    spec: { replicas: 3, template: { spec: { containers: expect.any(Array) } } },
  });
  expect(mergePatch(live, live)).toEqual({});
});
