import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareService } from './compare.ts';
import type { ConfiguredIn } from './compare.ts';

function configured(over: Partial<ConfiguredIn> = {}): ConfiguredIn {
  return {
    region: 'eu',
    artifactId: 'a1',
    version: '1.0.0',
    digest: 'sha256:1',
    deploymentId: 'd1',
    builtAt: new Date(1_000),
    chartVersion: '1.0.0',
    values: { replicas: 2 },
    replicas: 2,
    ...over,
  };
}

const newer = { artifactId: 'a2', version: '2.0.0', digest: 'sha256:2', builtAt: new Date(2_000) };

describe('versions', () => {
  test('the side with the newer build is named', () => {
    expect(compareService([configured(newer)], [configured()])?.version).toBe('leftNewer');
    expect(compareService([configured()], [configured(newer)])?.version).toBe('rightNewer');
  });

  test('what runs on one side only says so and nothing else', () => {
    expect(compareService([configured()], [])).toEqual({ version: 'onlyLeft', chart: null, settings: [], replicas: null });
    expect(compareService([], [configured()])?.version).toBe('onlyRight');
  });

  test('regions that differ on one side only are mixed', () => {
    expect(compareService([configured(newer), configured({ region: 'us' })], [configured(newer)])?.version).toBe('mixed');
  });
});

describe('configuration', () => {
  test('each setting that is not the same is named by its path, with its values on both sides', () => {
    const left = configured({ values: { replicas: 2, resources: { cpu: '1', memory: '1Gi' }, ports: [80] } });
    const right = configured({ values: { replicas: 2, resources: { cpu: '2', memory: '1Gi' }, ports: [80, 81], debug: true } });
    expect(compareService([left], [right])?.settings).toEqual([
      { path: 'debug', left: [], right: ['true'] },
      { path: 'ports', left: ['[80]'], right: ['[80,81]'] },
      { path: 'resources.cpu', left: ['1'], right: ['2'] },
    ]);
  });

  test('regions with values of their own are told, whatever the regions are called', () => {
    const left = [configured(), configured({ region: 'us', values: { replicas: 4 } })];
    expect(compareService(left, [configured({ region: 'asia' })])?.settings).toEqual([
      { path: 'replicas', left: ['2', '4'], right: ['2'] },
    ]);
  });

  test('what names the version and the deployment is no setting', () => {
    const marked = (deployment: string) => configured({ values: { flow: { deployment }, image: { digest: deployment } } });
    expect(compareService([marked('one')], [marked('other')])).toBeNull();
  });

  test('values that are not known are not told as differences', () => {
    expect(compareService([configured({ values: null })], [configured()])).toBeNull();
  });
});

test('charts and pods are compared over all regions', () => {
  const left = [configured({ chartVersion: '1.1.0' }), configured({ region: 'us', chartVersion: '1.1.0' })];
  expect(compareService(left, [configured()])).toMatchObject({
    chart: { left: ['1.1.0'], right: ['1.0.0'] },
    replicas: { left: 4, right: 2 },
  });
  expect(compareService([configured({ replicas: null })], [configured()])).toBeNull();
});

test('a side does not differ from itself, and turned round a comparison says the same of the other side', () => {
  const side = fc.array(
    fc
      .record({ digest: fc.constantFrom('1', '2', '3'), replicas: fc.nat(3), cpu: fc.constantFrom('1', '2') })
      .map(({ digest, replicas, cpu }) =>
        configured({ digest, builtAt: new Date(Number(digest)), replicas, values: { resources: { cpu } } }),
      ),
    { maxLength: 4 },
  );
  const turned = {
    leftNewer: 'rightNewer',
    rightNewer: 'leftNewer',
    onlyLeft: 'onlyRight',
    onlyRight: 'onlyLeft',
    mixed: 'mixed',
  } as const;
  fc.assert(
    fc.property(side, side, (left, right) => {
      expect(compareService(left, left)).toBeNull();
      const [one, other] = [compareService(left, right), compareService(right, left)];
      expect(other?.version ?? null).toBe(one?.version == null ? null : turned[one.version]);
      expect(other?.settings ?? []).toEqual((one?.settings ?? []).map(({ path, left: a, right: b }) => ({ path, left: b, right: a })));
    }),
  );
});
