import { expect, test } from 'vitest';
import { formatDuration, formatRelative } from './format.ts';

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
  [356_400_000, '4 d 3 h'],
  [-5, '0 s'],
])('%d ms is said as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test('a moment is told from now, in the past and in the future', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  expect(formatRelative(new Date('2026-01-01T11:59:55Z'), now)).toBe('just now');
  expect(formatRelative(new Date('2026-01-01T11:55:00Z'), now)).toBe('5 min ago');
  expect(formatRelative(new Date('2026-01-01T15:00:01Z'), now)).toBe('in 3 h');
  expect(formatRelative(new Date('2025-12-30T11:00:00Z'), now)).toBe('2 d ago');
});
