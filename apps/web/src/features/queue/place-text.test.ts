import { expect, test } from 'vitest';
import { placeText } from './place-text.ts';

test.each([
  [1, '1st of 9 for "One at once"'],
  [2, '2nd of 9 for "One at once"'],
  [3, '3rd of 9 for "One at once"'],
  [11, '11th of 9 for "One at once"'],
])('place %i is told as people say it', (position, text) => {
  expect(placeText({ position, length: 9, limit: 'One at once' })).toBe(text);
});
