import { expect, test } from 'vitest';
import { diffLines } from './lines.ts';

test('what was removed and added stands with three lines around it', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
  const lines = diffLines(before, before.replace('line 10', 'line ten'));
  expect(lines.map((line) => `${line.kind} ${line.text}`)).toEqual([
    'gap 7 unchanged lines',
    'same line 7',
    'same line 8',
    'same line 9',
    'removed line 10',
    'added line ten',
    'same line 11',
    'same line 12',
    'same line 13',
    'gap 6 unchanged lines',
  ]);
});

test('equal texts have no difference, and a first text is all added', () => {
  expect(diffLines('a\nb\n', 'a\nb\n')).toEqual([{ kind: 'gap', text: '2 unchanged lines' }]);
  expect(diffLines('', 'a\nb\n')).toEqual([
    { kind: 'added', text: 'a' },
    { kind: 'added', text: 'b' },
  ]);
});
