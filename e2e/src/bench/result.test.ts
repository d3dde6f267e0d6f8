import { expect, test } from 'vitest';
import { tableOf, withTable } from './result.ts';
import type { Result } from './result.ts';

const result: Result = {
  row: 'R1',
  what: 'first page',
  unit: 'ms',
  flow: 2,
  peer: 'by pg alone',
  peerValue: 1,
  ratio: 2,
  goal: '≤ 3 ms',
  met: true,
  spread: 0.1,
  rounds: 5,
};

test('a row that is not met is told as loud as one that is', () => {
  expect(tableOf([result, { ...result, met: false }])).toMatch(/\| yes +\|[^]*\| \*\*no\*\* +\|/);
});

test('a line shows both values with their unit, the ratio, the spread and the rounds', () => {
  expect(tableOf([result]).split('\n')[2]).toMatch(/\| 2\.0 ms \| 1\.0 ms by pg alone \| 2\.00 +\| ≤ 3 ms \| yes \| 10 % +\| 5 +\|/);
});

test('what has no peer and no rounds shows a dash there', () => {
  const alone = tableOf([{ ...result, peer: null, peerValue: null, ratio: null, spread: null, rounds: 1 }]);
  expect(alone.split('\n')[2]).toMatch(/\| 2\.0 ms \| – +\| – +\| ≤ 3 ms \| yes \| – +\| 1 +\|/);
});

test('the table replaces the one before and leaves the text around it', () => {
  const once = withTable('# Performance\n', 'measured', 'first');
  expect(withTable(once, 'measured', 'second')).toBe(once.replace('first', 'second'));
  expect(withTable(once, 'measured on clusters', 'other')).toContain(once.trimEnd());
  expect(withTable(`before\n${once}after\n`, 'measured', 'x')).toMatch(/^before[^]*x[^]*after\n$/);
});
