import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatValues, parseValues } from './values-text.ts';

const name = fc.stringMatching(/^[a-z][a-zA-Z0-9._-]{0,10}$/);
// Minus zero has no text of its own in JSON, and a key `__proto__` is dropped where values are read.
const json = fc
  .jsonValue({ maxDepth: 4 })
  .map((value): unknown => JSON.parse(JSON.stringify(value), (key, field: unknown) => (key === '__proto__' ? undefined : field)));

test('values that are written and read again are the same values', () => {
  fc.assert(
    fc.property(fc.dictionary(name, json, { maxKeys: 6, noNullPrototype: true }), (values) => {
      expect(parseValues(formatValues(values))).toEqual({ ok: true, values });
    }),
  );
});

test('no text is no values', () => {
  expect(parseValues('  \n')).toEqual({ ok: true, values: {} });
});

test.each([
  ['a: 1\nb: [1', 'line 2'],
  ['a: 1\na: 2', 'line 2, column 1'],
  ['- a list', 'line 1, column 1'],
  ['a: &x [1]\nb: *x', 'line 1, column 1'],
])('%j is refused with its place', (text, place) => {
  const parsed = parseValues(text);
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.path)[0]).toContain(place);
});

test('any text is read or refused, and never breaks', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parseValues(text).ok === 'boolean'));
});
