import { expect, test } from 'vitest';
import { driftText, earliest, placesText } from './drift-texts.ts';

test('what has drifted is counted', () => {
  expect([driftText(1), driftText(2)]).toEqual(['Drifted: 1 field', 'Drifted: 2 fields']);
});

test('places stand in one sentence', () => {
  const place = (environmentName: string) => ({ environmentName, region: 'eu-west' });
  expect(placesText([place('Production')])).toBe('Production eu-west');
  expect(placesText([place('Staging'), place('Production')])).toBe('Staging eu-west and Production eu-west');
});

test('of some comparisons the oldest counts, and one that was never made leaves it open', () => {
  expect(earliest(['2026-03-01T10:00:00Z', '2026-03-01T09:00:00Z'])).toBe('2026-03-01T09:00:00Z');
  expect(earliest(['2026-03-01T10:00:00Z', null])).toBeNull();
  expect(earliest([])).toBeNull();
});
