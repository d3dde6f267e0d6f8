import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applies, coveredBy, describeScope, indexByScope, matchesScope, scope } from './index.ts';
import type { Place } from './index.ts';

const place: Place = {
  tenantId: 't1',
  environmentId: 'prod',
  environmentKind: 'production',
  serviceId: 'checkout',
  tier: '1',
  regions: ['eu', 'us'],
  labels: { team: 'payments' },
};

describe('scope', () => {
  test('an empty scope is everywhere, every list that is given must hold', () => {
    expect(matchesScope(scope.parse({}), place)).toBe(true);
    expect(matchesScope(scope.parse({ tiers: ['1'], regions: ['us', 'ap'] }), place)).toBe(true);
    expect(matchesScope(scope.parse({ tiers: ['1'], regions: ['ap'] }), place)).toBe(false);
    expect(matchesScope(scope.parse({ labels: { team: 'search' } }), place)).toBe(false);
    expect(matchesScope(scope.parse({ labels: { constructor: 'x' } }), place)).toBe(false);
  });

  test('a scope that covers nothing says so, and people can read it', () => {
    expect(coveredBy(scope.parse({ tenantIds: ['gone'] }), [place])).toEqual([]);
    expect(describeScope(scope.parse({ tiers: ['1'], labels: { team: 'x' } }))).toBe('tiers 1; labels team=x');
    expect(describeScope(scope.parse({}))).toBe('the whole platform');
  });

  const few = (values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 });
  const anyScope = fc
    .record({
      tenantIds: few(['t1', 't2']),
      environmentIds: few(['prod', 'dev']),
      serviceIds: few(['checkout', 'cart']),
      environmentKinds: few(['production', 'development']),
      tiers: few(['1', '2']),
      regions: few(['eu', 'us', 'ap']),
      labels: fc.constantFrom({}, { team: 'payments' }, { team: 'search' }),
    })
    .map((input) => scope.parse(input));

  test('the index finds exactly what matches, in the order of ids, whatever order it was given', () => {
    fc.assert(
      fc.property(fc.array(anyScope, { maxLength: 30 }), (scopes) => {
        const items = scopes.map((one, index) => ({ id: `r${String(index).padStart(2, '0')}`, scope: one }));
        const expected = items.filter((item) => matchesScope(item.scope, place));
        expect(indexByScope(items).covering(place)).toEqual(expected);
        expect(indexByScope(items.toReversed()).covering(place)).toEqual(expected);
      }),
    );
  });
});

describe('actions', () => {
  test('the ways out of harm are exempt unless they are named', () => {
    expect(applies({ actions: [], invokers: [] }, 'create', 'person')).toBe(true);
    for (const action of ['rollback', 'abort', 'pause'] as const)
      expect(applies({ actions: [], invokers: [] }, action, 'person')).toBe(false);
    expect(applies({ actions: ['rollback'], invokers: [] }, 'rollback', 'automation')).toBe(true);
    expect(applies({ actions: [], invokers: ['automation'] }, 'create', 'person')).toBe(false);
  });
});
