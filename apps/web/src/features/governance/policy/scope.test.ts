import { expect, test } from 'vitest';
import { scopeText, toScope, toScopeTexts } from './scope.ts';

const names = { services: [{ id: 's1', name: 'Checkout' }], environments: [{ id: 'e1', name: 'Production' }] };

test('a scope is read with names, never with ids', () => {
  const scope = { tenantIds: ['t'], serviceIds: ['s1', 's9'], environmentIds: ['e1'], tiers: ['1'], labels: { team: 'pay' } };
  expect(scopeText(scope, names)).toBe('Checkout, a removed service; Production; tier 1; team=pay');
});

test('a scope without limits, or one that cannot be read, is everything', () => {
  expect(scopeText({ tenantIds: ['t'] }, names)).toBe('Everything');
  expect(scopeText(undefined, names)).toBe('Everything');
});

test('many values are counted', () => {
  expect(scopeText({ regions: ['a', 'b', 'c', 'd', 'e'] }, names)).toBe('a, b and 3 more');
});

test('what a form says is what it was given', () => {
  const scope = {
    serviceIds: ['s1', 's2'],
    environmentIds: [],
    environmentKinds: ['production'],
    tiers: ['1', '2'],
    regions: ['eu'],
    labels: { team: 'pay', zone: 'a=b' },
  };
  expect(toScope(toScopeTexts(scope))).toEqual(scope);
});
