import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameQuantity, quantityOf } from './index.ts';

test.each([
  ['requests.cpu', '250m', 250],
  ['cpu', 2, 2_000],
  ['cpu', '0.1', 100],
  ['cpu', '1u', 1],
  ['memory', '64Mi', 64 * 1_024 ** 2],
  ['memory', '1e3', 1_000],
  ['memory', '1.5G', 1_500_000_000],
  ['pods', '10', 10],
  ['cpu', '-0.5', -500],
  ['memory', '1E', 1e18],
  ['pods', 'ten', null],
  ['pods', undefined, null],
])('of %s %j is read as %j', (resource, quantity, value) => {
  expect(quantityOf(resource, quantity)).toBe(value);
});

test('an amount is the same one in whatever unit it is written', () => {
  const units = [
    ['m', 1n],
    ['', 1_000n],
    ['k', 1_000_000n],
    ['Ki', 1_024_000n],
    ['Mi', 1_048_576_000n],
  ] as const;
  fc.assert(
    fc.property(fc.bigInt(1n, 1_000n), fc.constantFrom(...units), fc.bigInt(0n, 3n), (count, [unit, milli], more) => {
      expect(isSameQuantity(`${count}${unit}`, `${count * milli + more}m`)).toBe(more === 0n);
    }),
  );
  expect(isSameQuantity('1.50', 1.5)).toBe(true);
  expect(isSameQuantity('2e3', '2k')).toBe(true);
  expect(isSameQuantity('', '0')).toBe(false);
  expect(isSameQuantity('lots', 'lots')).toBe(false);
});
