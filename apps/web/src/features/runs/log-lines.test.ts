import { expect, test } from 'vitest';
import { appendChunks } from './log-lines.ts';

test('pieces become numbered lines, without a last empty one', () => {
  expect(
    appendChunks(
      [],
      [
        { firstLine: 1, text: 'a\n\nb\n' },
        { firstLine: 4, text: 'c' },
      ],
    ),
  ).toEqual([
    { n: 1, text: 'a' },
    { n: 2, text: '' },
    { n: 3, text: 'b' },
    { n: 4, text: 'c' },
  ]);
});

test('a piece that comes twice stands once', () => {
  const once = appendChunks([], [{ firstLine: 1, text: 'a\nb\n' }]);
  expect(appendChunks(once, [{ firstLine: 1, text: 'a\nb\n' }])).toEqual(once);
});
