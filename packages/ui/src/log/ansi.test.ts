import { expect, test } from 'vitest';
import { parseAnsi } from './ansi.ts';

const esc = '\u001b';

test('colours become classes and end where they are ended', () => {
  expect(parseAnsi(`ok ${esc}[32mgreen${esc}[0m plain`)).toEqual([
    { text: 'ok ', classes: '' },
    { text: 'green', classes: 'text-success-fg' },
    { text: ' plain', classes: '' },
  ]);
  expect(parseAnsi(`${esc}[1;31mbad${esc}[39m still bold`)).toEqual([
    { text: 'bad', classes: 'font-bold text-danger-fg' },
    { text: ' still bold', classes: 'font-bold' },
  ]);
});

test('a link in a log is dropped, its words stay', () => {
  expect(parseAnsi(`${esc}]8;;javascript:alert(1)${esc}\\click${esc}]8;;${esc}\\`)).toEqual([{ text: 'click', classes: '' }]);
});

test('movements of the cursor and titles are dropped', () => {
  expect(parseAnsi(`${esc}[2J${esc}[1;1H${esc}]0;title\u0007text`)).toEqual([{ text: 'text', classes: '' }]);
});

test('characters that make a line read as another one are shown', () => {
  expect(parseAnsi('a\u202eb\u200bc')).toEqual([{ text: 'a\u2039202e\u203ab\u2039200b\u203ac', classes: '' }]);
});

test('a line of 5 MB is read in one pass', () => {
  expect(parseAnsi('x'.repeat(5_000_000))).toHaveLength(1);
  expect(parseAnsi(`${esc}]8;;${'y'.repeat(5_000_000)}`)).toEqual([]);
});
