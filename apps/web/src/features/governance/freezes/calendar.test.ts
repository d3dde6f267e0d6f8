import { expect, test } from 'vitest';
import { addDays, addMonths, mondayOf, partOfDay, spansOn, startOf, weeksOfMonth } from './calendar.ts';

const span = (from: Date, to: Date) => ({ startAt: from.toISOString(), endAt: to.toISOString() });

test('a month is shown in whole weeks, and every day of it once', () => {
  for (let month = '2025-01-01'; month < '2028-01-01'; month = addMonths(month, 1)) {
    const days = weeksOfMonth(month).flat();
    expect(new Set(days).size).toBe(days.length);
    expect(days[0]).toBe(mondayOf(month));
    expect(days).toContain(month);
    expect(days).toContain(addDays(addMonths(month, 1), -1));
  }
});

test('a span stands on each day that it touches, and not on the day at whose midnight it ends', () => {
  const spans = [span(new Date(2026, 11, 18, 18), new Date(2026, 11, 20))];
  const on = (day: string) => spansOn(spans, day).map((one) => partOfDay(one, day));
  expect(on('2026-12-17')).toEqual([]);
  expect(on('2026-12-18')).toEqual(['from 18:00']);
  expect(on('2026-12-19')).toEqual(['all day']);
  expect(on('2026-12-20')).toEqual([]);
});

test('parts of one day are told with both times', () => {
  expect(partOfDay(span(new Date(2026, 0, 5, 9, 5), new Date(2026, 0, 5, 12)), '2026-01-05')).toBe('09:05 to 12:00');
  expect(partOfDay(span(startOf('2026-01-04'), new Date(2026, 0, 5, 8)), '2026-01-05')).toBe('until 08:00');
});
