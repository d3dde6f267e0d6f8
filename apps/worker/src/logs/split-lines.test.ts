import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter, lineCharactersMax } from './split-lines.ts';

function split(pieces: readonly string[]): string[] {
  const splitter = createLineSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

test('lines do not depend on where the stream was cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '\n', 'ü', ' ') })), (pieces) => {
      const whole = pieces.join('');
      const expected = whole.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(split(pieces)).toEqual(expected);
    }),
  );
});

test('a line of 5 MB is cut and says how much is missing, and the next line is whole', () => {
  const lines = split(['x'.repeat(5_000_000), 'yz\nnext\n']);
  expect(lines).toHaveLength(2);
  expect(lines[0]?.length).toBeLessThan(lineCharactersMax + 100);
  expect(lines[0]).toMatch(/\(4983618 more characters were not kept\)$/);
  expect(lines[1]).toBe('next');
});

test('NUL is shown, since the database cannot keep it', () => {
  expect(split(['a\u0000b\n'])).toEqual(['a\u2400b']);
});
