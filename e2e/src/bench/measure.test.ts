import { expect, test } from 'vitest';
import { alternate, median, percentile, ratios, spread } from './measure.ts';

test('the median and other percentiles lie between neighbours by proportion', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(percentile([0, 10], 95)).toBe(9.5);
  expect(percentile([7], 99)).toBe(7);
  expect(median([])).toBeNaN();
});

test('the spread is relative to the median', () => {
  expect(spread([9, 10, 12])).toBeCloseTo(0.3);
});

test('sides run in turn and the first round is left away', async () => {
  const order: string[] = [];
  let count = 0;
  const side = (name: string) => () => {
    order.push(name);
    count += 1;
    return Promise.resolve(count);
  };
  expect(await alternate({ peer: side('a'), flow: side('b') }, 2)).toEqual({ peer: [3, 5], flow: [4, 6] });
  expect(order.join('')).toBe('ababab');
});

test('each round is held against the round beside it', () => {
  expect(ratios([2, 6, 8], [1, 2])).toEqual([2, 3]);
});
