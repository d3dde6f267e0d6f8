import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { activeAt, freeFrom, nextStart, occurrences } from './index.ts';
import type { FreezeWindow } from './index.ts';
import { aWindow } from './testing.ts';

const minuteMs = 60_000;
const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];

/** Weekly windows that begin on some days at some minute and last at most two days; the days around both changes of the clocks. */
const anyWindow = fc
  .record({
    zone: fc.constantFrom(...zones),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
    startMinute: fc.integer({ min: 0, max: 1_439 }),
    lengthMinutes: fc.integer({ min: 1, max: 2 * 1_440 }),
  })
  .map((any) => {
    // Monday, so that the first week is whole.
    const monday = Temporal.PlainDateTime.from('2026-01-05T00:00');
    const start = monday.add({ days: Math.min(...any.weekdays) - 1, minutes: any.startMinute });
    const end = start.add({ minutes: any.lengthMinutes });
    const text = (wall: Temporal.PlainDateTime) => wall.toString({ smallestUnit: 'minute' });
    const recurrence = `FREQ=WEEKLY;BYDAY=${any.weekdays.map((day) => days[day - 1]).join(',')}`;
    return { ...any, window: aWindow({ zone: any.zone, start: text(start), end: text(end), recurrence }) };
  });

const anyInstant = fc
  .record({
    day: fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01', '2026-06-10'),
    minutes: fc.integer({ min: -3_000, max: 3_000 }),
  })
  .map(({ day, minutes }) => new Date(Date.parse(`${day}T00:00:00Z`) + minutes * minuteMs));

/** Looks at the days around the instant one by one, without any recurrence. */
function naivelyActive(any: { zone: string; weekdays: readonly number[]; startMinute: number; lengthMinutes: number }, at: Date): boolean {
  const today = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(any.zone).toPlainDate();
  return [-4, -3, -2, -1, 0, 1].some((offset) => {
    const day = today.add({ days: offset });
    if (!any.weekdays.includes(day.dayOfWeek)) return false;
    const start = day.toPlainDateTime().add({ minutes: any.startMinute });
    const from = start.toZonedDateTime(any.zone).epochMilliseconds;
    const to = start.add({ minutes: any.lengthMinutes }).toZonedDateTime(any.zone, { disambiguation: 'later' }).epochMilliseconds;
    return from <= at.getTime() && at.getTime() < to;
  });
}

test('a window is in force exactly when a look at each day says so, also where the clocks change', () => {
  fc.assert(
    fc.property(anyWindow, anyInstant, (any, at) => {
      expect(activeAt(any.window, at) !== null).toBe(naivelyActive(any, at));
    }),
    { numRuns: 300 },
  );
});

test('the end that is named is the first minute that is free, stepping minute by minute', () => {
  fc.assert(
    fc.property(anyWindow, anyInstant, (any, at) => {
      const free = freeFrom(any.window, at);
      if (free === null) return;
      let step = at.getTime();
      while (naivelyActive(any, new Date(step))) step += minuteMs;
      expect(free.getTime()).toBe(step);
    }),
    { numRuns: 30 },
  );
});

test('the next start begins an occurrence, and none begins before it', () => {
  fc.assert(
    fc.property(anyWindow, anyInstant, (any, at) => {
      const start = nextStart(any.window, at);
      expect(start).not.toBeNull();
      const until = new Date((start ?? at).getTime() + 1);
      const begun = occurrences(any.window, { from: at, to: until }).filter((span) => span.startAt > at);
      expect(begun.map(({ startAt }) => startAt)).toEqual([start]);
    }),
    { numRuns: 100 },
  );
});

test('an occurrence is found as well years after the first', () => {
  const window: FreezeWindow = aWindow();
  expect(activeAt(window, new Date('2041-06-22T12:00:00Z'))).not.toBeNull();
});
