import { describe, expect, test } from 'vitest';
import { activeAt, affectedBy, checkWindow, freeFrom, freezeWindow, nextEnd, nextStart, occurrences } from './index.ts';
import { aFreeze, aWindow } from './testing.ts';

const at = (text: string) => new Date(text);
const shown = (spans: readonly { startAt: Date; endAt: Date }[]) =>
  spans.map(({ startAt, endAt }) => `${startAt.toISOString().slice(0, 16)} ${endAt.toISOString().slice(0, 16)}`);

describe('windows', () => {
  test('a weekend stays Friday 18:00 to Monday 08:00 on the wall when summer time begins in it', () => {
    expect(shown(occurrences(aWindow(), { from: at('2026-03-20T12:00:00Z'), to: at('2026-04-04T00:00:00Z') }))).toEqual([
      '2026-03-20T17:00 2026-03-23T07:00',
      '2026-03-27T17:00 2026-03-30T06:00',
      '2026-04-03T16:00 2026-04-06T06:00',
    ]);
  });

  test('and when it ends in it', () => {
    expect(shown(occurrences(aWindow(), { from: at('2026-10-24T00:00:00Z'), to: at('2026-10-26T00:00:00Z') }))).toEqual([
      '2026-10-23T16:00 2026-10-26T07:00',
    ]);
  });

  test('a night whose start the clocks skip is still frozen, from the first minute that exists', () => {
    const nightly = aWindow({ start: '2026-03-01T02:30', end: '2026-03-01T04:00', recurrence: 'FREQ=DAILY' });
    expect(shown(occurrences(nightly, { from: at('2026-03-28T00:00:00Z'), to: at('2026-03-31T00:00:00Z') }))).toEqual([
      '2026-03-28T01:30 2026-03-28T03:00',
      '2026-03-29T01:30 2026-03-29T02:00',
      '2026-03-30T00:30 2026-03-30T02:00',
    ]);
  });

  test('an hour that comes twice is frozen both times', () => {
    const nightly = aWindow({ start: '2026-10-01T02:15', end: '2026-10-01T02:45', recurrence: 'FREQ=DAILY' });
    expect(shown(occurrences(nightly, { from: at('2026-10-25T00:00:00Z'), to: at('2026-10-25T12:00:00Z') }))).toEqual([
      '2026-10-25T00:15 2026-10-25T01:45',
    ]);
  });

  test('it holds at its first instant and not at its last', () => {
    expect(activeAt(aWindow(), at('2026-03-20T16:59:59Z'))).toBeNull();
    expect(activeAt(aWindow(), at('2026-03-20T17:00:00Z'))).not.toBeNull();
    expect(activeAt(aWindow(), at('2026-03-23T07:00:00Z'))).toBeNull();
  });

  test('the next start and end are named; one after the last is not', () => {
    expect(nextStart(aWindow(), at('2026-03-21T00:00:00Z'))).toEqual(at('2026-03-27T17:00:00Z'));
    expect(nextEnd(aWindow(), at('2026-03-21T00:00:00Z'))).toEqual(at('2026-03-23T07:00:00Z'));
    expect(nextEnd(aWindow(), at('2026-03-24T00:00:00Z'))).toBeNull();
    const once = aWindow({ recurrence: null });
    expect(nextStart(once, at('2026-01-03T00:00:00Z'))).toBeNull();
    expect(nextStart(once, at('2025-12-01T00:00:00Z'))).toEqual(at('2026-01-02T17:00:00Z'));
  });

  test('an exception takes one occurrence out', () => {
    const window = aWindow({ exceptions: ['2026-03-27T18:00'] });
    expect(activeAt(window, at('2026-03-28T00:00:00Z'))).toBeNull();
    expect(nextStart(window, at('2026-03-21T00:00:00Z'))).toEqual(at('2026-04-03T16:00:00Z'));
  });

  test('UNTIL in UTC and COUNT end a recurrence', () => {
    const until = aWindow({ recurrence: 'FREQ=WEEKLY;BYDAY=FR;UNTIL=20260116T170000Z' });
    expect(occurrences(until, { from: at('2026-01-01T00:00:00Z'), to: at('2027-01-01T00:00:00Z') })).toHaveLength(3);
    const count = aWindow({ recurrence: 'FREQ=WEEKLY;BYDAY=FR;COUNT=2' });
    expect(nextStart(count, at('2026-01-12T00:00:00Z'))).toBeNull();
  });

  test('occurrences that follow without a gap are one time without deployments', () => {
    const nights = aWindow({ start: '2026-01-01T00:00', end: '2026-01-02T00:00', recurrence: 'FREQ=DAILY;COUNT=5' });
    expect(freeFrom(nights, at('2026-01-01T12:00:00Z'))).toEqual(at('2026-01-05T23:00:00Z'));
  });
});

describe('what is checked at save', () => {
  const now = at('2026-03-01T00:00:00Z');
  test.each([
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'never takes place'],
    ['FREQ=WEEKLY;BYDAY=FR;UNTIL=20251201T000000Z', 'never takes place'],
    ['FREQ=SECONDLY', 'begins with FREQ=DAILY'],
    ['FREQ=DAILY;BYHOUR=1', 'begins with FREQ=DAILY'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260401T000000Z', 'cannot be read'],
    ['FREQ=WEEKLY;BYDAY=2FR', 'cannot be read'],
    ['nonsense', 'begins with FREQ=DAILY'],
  ])('a recurrence that cannot be is refused: %s', (recurrence, message) => {
    expect(checkWindow(aWindow({ recurrence }), now)).toEqual([{ severity: 'error', message: expect.stringContaining(message) }]);
  });

  test('a recurrence of which every occurrence is excepted never takes place', () => {
    const window = aWindow({ recurrence: 'FREQ=WEEKLY;COUNT=2', exceptions: ['2026-01-02T18:00', '2026-01-09T18:00'] });
    expect(checkWindow(window, now)).toEqual([{ severity: 'error', message: 'It never takes place' }]);
  });

  test('nights that follow each other without a gap are one freeze that never ends, in a zone with summer time too', () => {
    const weeks = aWindow({ start: '2026-01-05T00:00', end: '2026-01-12T00:00', recurrence: 'FREQ=WEEKLY' });
    expect(checkWindow(weeks, now)).toEqual([{ severity: 'error', message: expect.stringContaining('no gap') }]);
  });

  test('a freeze without a gap is refused, one that lies in the past is warned of, a good one passes', () => {
    const always = aWindow({ start: '2026-01-01T00:00', end: '2026-01-02T00:00', recurrence: 'FREQ=DAILY' });
    expect(checkWindow(always, now)).toEqual([{ severity: 'error', message: expect.stringContaining('no gap') }]);
    expect(checkWindow(aWindow({ recurrence: null }), now)).toEqual([{ severity: 'warning', message: 'All of it lies in the past' }]);
    expect(checkWindow(aWindow(), now)).toEqual([]);
  });

  test('zones that nobody knows and ends before starts are refused', () => {
    expect(freezeWindow.safeParse({ ...aWindow(), zone: 'Europe/Atlantis' }).success).toBe(false);
    expect(freezeWindow.safeParse({ ...aWindow(), end: '2026-01-01T00:00' }).success).toBe(false);
    expect(checkWindow({ ...aWindow(), start: '2026-02-30T10:00', end: '2026-03-30T10:00' }, now)).toMatchObject([{ severity: 'error' }]);
  });

  test('who is affected is told before it is saved', () => {
    const place = {
      tenantId: 't1',
      environmentId: 'prod',
      environmentKind: 'production',
      serviceId: 'checkout',
      tier: '1',
      regions: ['eu'],
      labels: {},
    };
    const places = [place, { ...place, serviceId: 'cart' }, { ...place, environmentKind: 'staging' }];
    const production = aFreeze({ scope: { environmentKinds: ['production'] }, exceptServiceIds: ['cart'] });
    expect(affectedBy(production, places)).toEqual([place]);
  });
});
