import { expect, test } from 'vitest';
import { columnsOf } from './columns.ts';

test('a node stands right of everything that it needs', () => {
  const nodes = [
    { id: 'd', needs: ['b', 'c'] },
    { id: 'a', needs: [] },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['b'] },
  ];
  expect(Object.fromEntries(columnsOf(nodes))).toEqual({ a: 0, b: 1, c: 2, d: 3 });
});

test('unknown needs and circles do not hang the page', () => {
  expect(
    columnsOf([
      { id: 'a', needs: ['b', 'x'] },
      { id: 'b', needs: ['a'] },
    ]).size,
  ).toBe(2);
});
