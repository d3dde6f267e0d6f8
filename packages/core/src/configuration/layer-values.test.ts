import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, contentHash } from './canonical-json.ts';
import { flowChartValues } from './chart-values.ts';
import { layerValues } from './layer-values.ts';

describe('layers of values', () => {
  test('are merged by key, the later one winning, lists replaced as a whole', () => {
    expect(layerValues({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] } }, { a: { e: null }, d: { f: 1 } })).toEqual({
      a: { b: 1, c: [3], e: null },
      d: { f: 1 },
    });
  });

  test('never reach the prototype of anything', () => {
    const hostile: Record<string, unknown> = JSON.parse(
      '{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    );
    const merged = layerValues({ a: {} }, hostile);
    expect(Object.hasOwn(merged, '__proto__')).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(JSON.stringify(merged)).toBe('{"a":{"constructor":{"prototype":{"polluted":true}}}}');
  });

  test('that are nested without end are refused', () => {
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 200; level += 1) deep = { a: deep };
    expect(() => layerValues(deep)).toThrow(/deeper than 100/);
  });

  test('give the same whether merged two by two or at once', () => {
    const tree = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom('a', 'b'), fc.integer())),
    );
    fc.assert(
      fc.property(tree, tree, tree, (one, two, three) => {
        expect(layerValues(layerValues(one, two), three)).toEqual(layerValues(one, two, three));
      }),
    );
  });
});

describe('canonical JSON', () => {
  test('does not depend on the order of keys and reads back as the same value', () => {
    expect(canonicalJson({ b: 1, a: [{ d: undefined, c: 'é' }] })).toBe('{"a":[{"c":"é"}],"b":1}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  test('gives one hash for one content', () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(contentHash({ a: 1, b: 2 }, sha256)).toBe(contentHash({ b: 2, a: 1 }, sha256));
    expect(contentHash({ a: 1 }, sha256)).not.toBe(contentHash({ a: 2 }, sha256));
  });
});

describe('the values of the service chart', () => {
  test('hold what people set, but image, marks and steps are those of the deployment', () => {
    const values = flowChartValues({
      layers: [{ replicas: 2, image: { repository: 'evil', digest: 'x' }, analysis: { address: 'https://metrics' } }, { replicas: 4 }],
      mark: { tenant: 'shop', service: 'checkout', environment: 'prod', deployment: 'd-1' },
      image: { repository: 'good', digest: 'sha256:1' },
      strategy: {
        steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }, { kind: 'analysis' }, { kind: 'pause', durationSeconds: 5 }],
        analysis: null,
      },
    });
    expect(values).toEqual({
      replicas: 4,
      flow: { tenant: 'shop', service: 'checkout', environment: 'prod', deployment: 'd-1' },
      image: { repository: 'good', digest: 'sha256:1' },
      rollout: { steps: [{ setWeight: 20 }, { pause: {} }, { analysis: {} }, { pause: { duration: '5s' } }] },
      analysis: { address: 'https://metrics', enabled: false },
    });
  });
});
