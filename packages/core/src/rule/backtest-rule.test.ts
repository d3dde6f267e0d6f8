import { describe, expect, test } from 'vitest';
import { addTallies, precisionOf, recallOf } from '../backtest/index.ts';
import { backtestRule } from './backtest-rule.ts';
import type { PastVerdict } from './backtest-rule.ts';
import { aRule, someFacts } from './testing.ts';

const at = new Date('2026-03-02T10:00:00Z');
let count = 0;
/** A past start of Checkout whose artifact had soaked for so many minutes. */
function aStart(soaked: number, over: Partial<PastVerdict> = {}): PastVerdict {
  const soakingSince = new Date(at.getTime() - soaked * 60_000);
  count += 1;
  return {
    deploymentId: `d${count}`,
    tenantId: 't1',
    at,
    outcome: 'succeeded',
    facts: someFacts({ artifact: { ...someFacts().artifact, soakingSince } }),
    ...over,
  };
}
const soak = aRule({ effect: { kind: 'hold' }, source: 'artifact.soakMinutes < 60', message: 'soaked {{ artifact.soakMinutes }} minutes' });

describe('a rule that is asked about the past', () => {
  test('is counted by what it would have stopped, and how many of these proved bad', () => {
    const past = [
      aStart(10, { outcome: 'rolledBack' }),
      aStart(20, { outcome: 'incident' }),
      aStart(30),
      aStart(90, { outcome: 'failed' }),
      aStart(120),
      aStart(120, { outcome: null }),
    ];
    const tally = backtestRule(soak, past);
    expect(tally).toMatchObject({ lookedAt: 6, inScope: 6, stopped: 3, stoppedBad: 2, bad: 3, broken: 0 });
    expect([precisionOf(tally), recallOf(tally)]).toEqual([2 / 3, 2 / 3]);
    expect(tally.caught[0]).toMatchObject({
      deploymentId: past[0]?.deploymentId,
      outcome: 'rolledBack',
      sentence: 'soaked 10 minutes',
      serviceName: 'Checkout',
    });
    expect(tally.missed).toMatchObject([{ deploymentId: past[3]?.deploymentId, sentence: '' }]);
  });

  test('says nothing of what it is not about: another scope, another action, other invokers', () => {
    const facts = someFacts();
    const elsewhere = aStart(0, { facts: { ...facts, service: { ...facts.service, tier: '3' } } });
    const back = aStart(0, { facts: { ...facts, request: { ...facts.request, action: 'rollback', kind: 'rollback' } } });
    const byMachine = aStart(0, { facts: { ...facts, request: { ...facts.request, invoker: 'automation' } } });
    const rule = aRule({ source: 'true', scope: { tiers: ['1'] }, appliesTo: { invokers: ['person'] } });
    expect(backtestRule(rule, [elsewhere, back, byMachine])).toMatchObject({ lookedAt: 3, inScope: 0, stopped: 0 });
    expect(backtestRule(aRule({ scope: { tenantIds: ['t2'] } }), [aStart(0)])).toMatchObject({ inScope: 0 });
  });

  test('is asked whether it is switched off or in shadow, and one that cannot be asked would have stopped it', () => {
    expect(backtestRule(aRule({ enforcement: 'off', source: 'true' }), [aStart(0)])).toMatchObject({ stopped: 1 });
    expect(backtestRule(aRule({ source: 'service.labels.nobody == "x"' }), [aStart(0)])).toMatchObject({ stopped: 1, broken: 1 });
  });

  test('in parts gives what it gives as a whole', () => {
    const past = Array.from({ length: 40 }, (_, index) => aStart(index * 3, { outcome: index % 3 === 0 ? 'failed' : 'succeeded' }));
    expect(addTallies(backtestRule(soak, past.slice(0, 17)), backtestRule(soak, past.slice(17)))).toEqual(backtestRule(soak, past));
  });

  test('that would have stopped nothing has no precision, and where nothing proved bad no recall', () => {
    const tally = backtestRule(aRule({ source: 'false' }), [aStart(0)]);
    expect([precisionOf(tally), recallOf(tally)]).toEqual([null, null]);
  });
});
