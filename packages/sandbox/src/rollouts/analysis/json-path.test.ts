import { expect, test } from 'vitest';
import { followJsonPath } from './json-path.ts';

const value = { data: { ok: true, items: [{ name: 'a' }, { name: 'b' }] }, 'p95-ms': 3 };

test.each<[string, unknown]>([
  ['{$}', value],
  ['{$.data.ok}', true],
  ['$.data.items[1].name', 'b'],
  ['{$.data.items[-1].name}', 'b'],
  ['{.data.ok}', true],
  ["{$['p95-ms']}", 3],
  ['data.ok', true],
])('%s finds its value', (path, found) => {
  expect(followJsonPath(path, value)).toEqual(found);
});

test.each([
  ['{$.data.items[*].name}', 'is not supported by the sandbox'],
  ['{$..name}', 'is not supported by the sandbox'],
  ['{$.data.nothing}', 'nothing is not found'],
  ['{$.data.items[9]}', 'array index out of bounds: index 9, length 2'],
])('%s is refused by name', (path, message) => {
  expect(() => followJsonPath(path, value)).toThrow(message);
});
