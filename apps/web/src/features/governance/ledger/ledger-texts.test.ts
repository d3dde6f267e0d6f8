import { expect, test } from 'vitest';
import { behindText, daysOf, pathOf, readBehind, waitedText } from './ledger-texts.ts';
import type { LedgerEntry } from './ledger-texts.ts';

const entry: LedgerEntry = {
  account: 'rule',
  id: 'r1',
  title: 'Closed',
  stoppedCount: 1,
  waitedMs: 7_200_000,
  aloneMs: 3_600_000,
  savedCount: 0,
  shadowCount: 0,
  shadowGoodCount: 0,
  bypassedCount: 0,
  bypassRate: 0,
  decidedCount: 0,
  medianDecisionMs: null,
  suggestions: [],
};

test('a number in the URL is found again, and what is none is passed over', () => {
  expect(readBehind([entry], behindText(entry, 'waited'))).toEqual({ entry, number: 'waited' });
  expect(readBehind([entry], 'rule.waited.r2')).toBeNull();
  expect(readBehind([entry], '')).toBeNull();
  expect(daysOf('30')).toBe(30);
  expect(daysOf('forever')).toBe(90);
});

test('a rule leads to its backtest, Flow itself nowhere', () => {
  expect(pathOf('acme', entry)).toBe('/t/acme/governance/rules/r1#backtest');
  expect(pathOf('acme', { account: 'builtIn', id: 'its-turn' })).toBeNull();
});

test('waiting for this alone is told where it differs', () => {
  expect(waitedText(entry)).toBe('2 h, 1 h of it for this alone');
  expect(waitedText({ waitedMs: 60_000, aloneMs: 60_000 })).toBe('1 min');
});
