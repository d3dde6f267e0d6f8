import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkManifest, type ManifestRules } from './check-manifest.ts';

const image = `registry.local/shop/checkout@sha256:${'a'.repeat(64)}`;
const rules: ManifestRules = {
  namespace: 'shop',
  image,
  labels: { 'flow.dev/tenant': 'shop', 'flow.dev/deployment': 'd-1' },
  analysisHosts: ['metrics.local'],
};

const deployment = (spec: Record<string, unknown>, container: Record<string, unknown> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { ...spec, containers: [{ name: 'main', image, ...container }] } } },
});
const faultsOf = (...objects: unknown[]) =>
  checkManifest(objects.map((one) => stringify(one)).join('---\n'), rules).map((fault) => `${fault.path}: ${fault.message}`);

describe('a rendered manifest', () => {
  test('that holds nothing forbidden passes', () => {
    expect(faultsOf(deployment({ hostNetwork: false, serviceAccountName: 'default' }))).toEqual([]);
  });

  test.each([
    ['a Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }, /^Secret\/a: v1 Secret must not be created/],
    ['a kind of another group', { apiVersion: 'evil.io/v1', kind: 'Service', metadata: { name: 'a' } }, /evil\.io\/v1 Service must not/],
    ['an inherited name as kind', { apiVersion: 'v1', kind: 'constructor', metadata: { name: 'a' } }, /constructor must not/],
    ['a role', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'a' } }, /RoleBinding must not/],
    [
      'another namespace',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'kube-system' } },
      /is in namespace kube-system/,
    ],
    ['the network of the machine', deployment({ hostNetwork: true }), /spec\.hostNetwork: must not be switched on/],
    ['the processes of the machine', deployment({ hostPID: true }), /hostPID/],
    ['the files of the machine', deployment({ volumes: [{ name: 'a', hostPath: { path: '/' } }] }), /hostPath: must not be used/],
    ['a privileged container', deployment({}, { securityContext: { privileged: true } }), /privileged: must not/],
    ['a capability', deployment({}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }), /must not add SYS_ADMIN/],
    ['an image by tag', deployment({}, { image: 'registry.local/shop/checkout:latest' }), /must be given by digest/],
    ['another image', deployment({}, { image: `evil@sha256:${'b'.repeat(64)}` }), /must be the image of this deployment/],
    ['an init container of another image', deployment({ initContainers: [{ name: 'i', image: 'busybox' }] }), /initContainers\.0\.image/],
    ['an account of someone else', deployment({ serviceAccountName: 'workflow' }), /is workflow, which this release does not create/],
    [
      'a Service that leads out',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { type: 'ExternalName' } },
      /ExternalName/,
    ],
    [
      'a wrong mark',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { 'flow.dev/tenant': 'other' } } },
      /is other, but must be shop/,
    ],
  ])('with %s is refused at that place', (_what, object, message) => {
    expect(faultsOf(object)).toEqual([expect.stringMatching(message)]);
  });

  test('finds pods inside of an analysis, and hosts that it may not ask', () => {
    const template = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'a' },
      spec: {
        metrics: [
          {
            name: 'job',
            provider: { job: { spec: { template: { spec: { hostNetwork: true, containers: [{ name: 'x', image: 'busybox' }] } } } } },
          },
          { name: 'web', provider: { web: { url: 'http://169.254.169.254/latest' } } },
        ],
      },
    };
    expect(faultsOf(template)).toEqual([
      expect.stringContaining('metrics.1: asks 169.254.169.254'),
      expect.stringContaining('hostNetwork'),
      expect.stringContaining('containers.0.image'),
    ]);
  });

  test('whose Rollout lacks the marks that Flow finds it by is refused', () => {
    const rollout = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'a' },
      spec: { template: { metadata: {}, spec: { containers: [{ image }] } } },
    };
    expect(faultsOf(rollout)).toHaveLength(4);
  });

  test('that is empty, broken or hostile is refused with a reason', () => {
    expect(faultsOf()).toEqual([': The manifest is empty: the chart renders no object']);
    expect(checkManifest('a: [', rules)[0]?.path).toMatch(/^line 1/);
    expect(checkManifest('['.repeat(20_000), rules)[0]?.message).toMatch(/nested/);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghij'[index] ?? ''}`).join(',')}]`)
      .join('\n')}`;
    expect(checkManifest(bomb, rules)[0]?.message).toMatch(/aliases/);
    expect(checkManifest('x'.repeat(5_000_000), rules)[0]?.message).toMatch(/larger than/);
  });
});
