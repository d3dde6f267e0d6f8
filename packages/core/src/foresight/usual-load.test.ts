import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import type { PastVerdict } from '../rule/index.ts';
import { aRule, someFacts } from '../rule/testing.ts';
import { monday } from '../verdict/testing.ts';
import { usualLoad, usualLoadOfFreeze, usualLoadOfRule } from './index.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const start = (daysAgo: number, name = 'Checkout'): PastVerdict => ({
  deploymentId: `d${daysAgo}`,
  tenantId: 't1',
  at: new Date(monday.getTime() - daysAgo * dayMs),
  outcome: 'succeeded',
  facts: someFacts({ service: { ...someFacts().service, id: name.toLowerCase(), name } }),
});
// Mondays lie 7, 14, … days ago; Fridays 3, 10, …; what is older than four weeks is not usual any more.
const past = [start(7), start(14, 'Cart'), start(21), start(28.5), start(3), start(10), start(35)];
const mondays = aWindow({ start: '2026-03-09T10:00', end: '2026-03-09T12:00', recurrence: 'FREQ=WEEKLY' });

test('a freeze is laid over the coming four weeks as if they were the last four', () => {
  const found = usualLoadOfFreeze(aFreeze({ window: mondays }), past, monday);
  expect(usualLoad.parse(found)).toEqual(found);
  expect(found).toMatchObject({ startCount: 5, heldCount: 3, fromAt: monday, untilAt: new Date(monday.getTime() + 28 * dayMs) });
  expect(found.services).toEqual([
    { serviceId: 'checkout', serviceName: 'Checkout', heldCount: 2 },
    { serviceId: 'cart', serviceName: 'Cart', heldCount: 1 },
  ]);
});

test('a freeze that begins later is laid over the four weeks in which it does; one that is over holds nothing', () => {
  const later = aWindow({ start: '2026-06-01T00:00', end: '2026-07-01T00:00', recurrence: null });
  const found = usualLoadOfFreeze(aFreeze({ window: later }), past, monday);
  expect(found.fromAt.getTime()).toBeLessThanOrEqual(Date.parse('2026-06-01T00:00:00Z'));
  expect(found.untilAt.getTime()).toBeGreaterThan(Date.parse('2026-06-01T00:00:00Z'));
  expect(found.heldCount).toBeGreaterThan(0);
  const over = aWindow({ start: '2026-01-01T00:00', end: '2026-01-02T00:00', recurrence: null });
  expect(usualLoadOfFreeze(aFreeze({ window: over }), past, monday)).toMatchObject({ startCount: 5, heldCount: 0, services: [] });
});

test('services that it excepts, and places that its scope leaves out, are not held', () => {
  expect(usualLoadOfFreeze(aFreeze({ window: mondays, exceptServiceIds: ['checkout'] }), past, monday).heldCount).toBe(1);
  expect(usualLoadOfFreeze(aFreeze({ window: mondays, scope: { tiers: ['4'] } }), past, monday).heldCount).toBe(0);
});

test('a rule is asked about the last four weeks', () => {
  const rule = aRule({ source: 'time.weekday == 1', effect: { kind: 'hold' } });
  expect(usualLoadOfRule(rule, past, monday)).toMatchObject({ startCount: 5, heldCount: 3, untilAt: monday });
  expect(usualLoadOfRule(aRule({ source: 'service.name == "Cart"' }), past, monday).heldCount).toBe(1);
});

test('whatever is written, no more is held than there is, and services add up to it', () => {
  const anyStart = fc.record({
    daysAgo: fc.double({ min: 0.1, max: 60, noNaN: true }),
    name: fc.constantFrom('Cart', 'Checkout', 'Search'),
  });
  fc.assert(
    fc.property(fc.array(anyStart, { maxLength: 40 }), fc.integer({ min: 1, max: 167 }), (starts, hours) => {
      const end = new Date(Date.parse('2026-03-09T00:00:00Z') + hours * 3_600_000).toISOString().slice(0, 16);
      const freeze = aFreeze({ window: aWindow({ start: '2026-03-09T00:00', end, recurrence: 'FREQ=WEEKLY' }) });
      const found = usualLoadOfFreeze(
        freeze,
        starts.map(({ daysAgo, name }) => start(daysAgo, name)),
        monday,
      );
      expect(found.heldCount).toBeLessThanOrEqual(found.startCount);
      expect(found.services.reduce((total, { heldCount }) => total + heldCount, 0)).toBe(found.heldCount);
    }),
  );
});
