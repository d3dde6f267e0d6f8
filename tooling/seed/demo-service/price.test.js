import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalCents } from './price.js';

test('a cart costs what its lines cost', () => {
  assert.equal(
    totalCents([
      { count: 2, unitCents: 1250 },
      { count: 1, unitCents: 300 },
    ]),
    2800,
  );
});

test('ten percent off from 100 euros up', () => {
  assert.equal(totalCents([{ count: 10, unitCents: 1000 }]), 9000);
});
