import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLabelSelector } from './label-selector.ts';

const labels = { app: 'web', tier: 'front' };

test.each([
  ['app=web', true],
  ['app==web,tier!=back', true],
  ['app in (web, api),tier notin (back)', true],
  ['app,!gone', true],
  ['gone!=x', true],
  ['gone notin (x)', true],
  ['app in (api)', false],
  ['!app', false],
  ['app=web,tier=back', false],
  ['', true],
])('the selector "%s" selects an object with app=web, tier=front: %s', (selector, expected) => {
  expect(parseLabelSelector(selector)(labels)).toBe(expected);
});

test.each(['=', 'a=b=c', 'a in b', 'a in (b', 'a,,b', 'a b', '(a)', 'a=b;c=d', '!'])('the selector "%s" is refused', (selector) => {
  expect(() => parseLabelSelector(selector)).toThrow('unable to parse requirement');
});

test('a set of one value selects as equality does, and notin selects the rest', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  fc.assert(
    fc.property(fc.dictionary(word, word), word, word, (object, key, value) => {
      const select = (selector: string) => parseLabelSelector(selector)(object);
      expect(select(`${key} in (${value})`)).toBe(select(`${key}=${value}`));
      expect(select(`${key} notin (${value})`)).toBe(!select(`${key}=${value}`));
      expect(select(`!${key}`)).toBe(!select(key));
    }),
  );
});
