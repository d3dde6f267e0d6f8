import { expect, test } from 'vitest';
import { bucketText, causeText, frequencyText, shareText, stepText } from './insight-texts.ts';

const week = { from: '2026-03-02T00:00:00Z', until: '2026-03-08T15:00:00Z' };

test.each([
  [14, '2 a day'],
  [10, '1.4 a day'],
  [3, '3 a week'],
  [0, '0 a week'],
  [140, '20 a day'],
])('%d in a week is %s', (count, text) => {
  expect(frequencyText(count, week)).toBe(text);
});

test('a share that is more than nothing is not told as nothing', () => {
  expect([0, 0.001, 0.126, 1].map(shareText)).toEqual(['0 %', 'under 1 %', '13 %', '100 %']);
});

test('causes are told in words, those of metrics by their names', () => {
  expect(causeText('metric:error-rate')).toBe('The error rate was beyond its limit');
  expect(causeText('unmeasured:p95')).toBe('The 95th percentile of latency could not be measured');
  expect(causeText('person')).toBe('A person took it back while it moved');
});

test('a step is told from one on, what comes after all of them by its name', () => {
  expect(stepText('0 20 %')).toBe('Step 1: 20 %');
  expect(stepText('1 wait 12s')).toBe('Step 2: wait 12s');
  expect(stepText('finish')).toBe('After the last step, until healthy');
});

test('a day is told as the day, a week as its first day', () => {
  expect(bucketText({ from: '2026-03-02T00:00:00Z', until: '2026-03-03T00:00:00Z' })).toBe('Mar 2');
  expect(bucketText(week)).toBe('from Mar 2');
});
