import { expect, test } from 'vitest';
import { secondsText } from './seconds-text.ts';

test('a length of time is said exactly, in the words that people use', () => {
  expect([0, 1, 60, 5_400, 90_061].map((seconds) => secondsText(seconds))).toEqual([
    '0 seconds',
    '1 second',
    '1 minute',
    '1 hour 30 minutes',
    '1 day 1 hour 1 minute 1 second',
  ]);
});
