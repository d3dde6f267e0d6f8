import { expect, test } from 'vitest';
import { tableOf, withTable } from './result.ts';

const result = { row: 'R1', what: 'first page', flow: '2 ms', peer: '1 ms', goal: '≤ 3 ms', isMet: true, spread: 0.1 };

test('a row that is not met is told as loud as one that is', () => {
  expect(tableOf([result, { ...result, isMet: false }])).toMatch(/\| yes +\|[^]*\| \*\*no\*\* +\|/);
});

test('the table replaces the one before and leaves the text around it', () => {
  const once = withTable('# Performance\n', 'first');
  expect(withTable(once, 'second')).toBe(once.replace('first', 'second'));
  expect(withTable(`before\n${once}after\n`, 'x')).toMatch(/^before[^]*x[^]*after\n$/);
});
