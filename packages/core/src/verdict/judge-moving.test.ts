import { describe, expect, test } from 'vitest';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import type { FreezeInput } from '../freeze/index.ts';
import { aGuardrail } from '../guardrail/testing.ts';
import { indexPolicies } from './governance.ts';
import { judgeMoving } from './judge-moving.ts';
import type { MovingSubject } from './judge-moving.ts';
import { aGovernance, monday } from './testing.ts';

const minutesAgo = (minutes: number) => new Date(monday.getTime() - minutes * 60_000);
const subject = (over: Partial<MovingSubject> = {}): MovingSubject => ({
  place: aGovernance({}).place,
  invoker: 'person',
  startedAt: minutesAgo(10),
  now: monday,
  metrics: [],
  failedRegions: [],
  exemptions: [],
  ...over,
});
const window = aWindow({ zone: 'UTC', start: '2026-03-02T09:00', end: '2026-03-02T12:00', recurrence: null });
const freeze = (over: Partial<FreezeInput>) =>
  aFreeze({ title: 'Inventory', reason: '', window, scope: {}, enforcement: 'enforce', ...over });
const answer = (policies: Parameters<typeof indexPolicies>[0], over: Partial<MovingSubject> = {}) =>
  judgeMoving(indexPolicies(policies), subject(over));

describe('a freeze over a deployment that moves', () => {
  test.each([
    ['finish', 'go'],
    ['finishWave', 'go'],
    ['hold', 'hold'],
    ['rollBack', 'rollBack'],
  ] as const)('that says %s lets it %s', (inFlight, kind) => {
    expect(answer({ freezes: [freeze({ inFlight })] }).inFlight.kind).toBe(kind);
  });

  test('stops nothing that is exempt from it, until the exemption ends', () => {
    const endsAt = new Date('2026-03-02T10:30:00Z');
    const freezes = [freeze({ id: 'f1', inFlight: 'rollBack' })];
    expect(answer({ freezes }, { exemptions: [{ ruleId: 'f1', endsAt }] })).toEqual({ inFlight: { kind: 'go' }, lookAgainAt: endsAt });
    expect(answer({ freezes }, { exemptions: [{ ruleId: 'f2', endsAt }] }).inFlight.kind).toBe('rollBack');
  });

  test('holds until its end, and is looked at again then', () => {
    const noon = new Date('2026-03-02T12:00:00Z');
    expect(answer({ freezes: [freeze({ inFlight: 'hold' })] })).toMatchObject({
      inFlight: { sentence: 'Frozen by "Inventory"', until: noon },
      lookAgainAt: noon,
    });
  });

  test('is one hold for as long as it lasts, and another one the next time', () => {
    const daily = freeze({ inFlight: 'hold', window: aWindow({ ...window, recurrence: 'FREQ=DAILY' }) });
    const idAt = (now: Date) => {
      const { inFlight } = answer({ freezes: [daily] }, { now });
      return inFlight.kind === 'hold' ? inFlight.id : null;
    };
    expect(idAt(new Date('2026-03-02T09:30:00Z'))).toBe(idAt(new Date('2026-03-02T11:59:00Z')));
    expect(idAt(new Date('2026-03-03T09:30:00Z'))).not.toBe(idAt(new Date('2026-03-02T09:30:00Z')));
  });

  test('does nothing in shadow, outside its scope, or when it is over', () => {
    expect(answer({ freezes: [freeze({ inFlight: 'hold', enforcement: 'shadow' })] }).inFlight.kind).toBe('go');
    expect(answer({ freezes: [freeze({ inFlight: 'hold', scope: { regions: ['mars'] } })] }).inFlight.kind).toBe('go');
    expect(answer({ freezes: [freeze({ inFlight: 'hold' })] }, { now: new Date('2026-03-02T12:00:00Z') }).inFlight.kind).toBe('go');
  });
});

describe('a guardrail over a deployment that moves', () => {
  const slow = (consequence: 'hold' | 'abort') => aGuardrail({}, { metrics: [], durationMaxSeconds: { count: 900, consequence } });

  test('is looked at again when the time runs out, and then does what it says', () => {
    expect(answer({ guardrails: [slow('abort')] })).toEqual({
      inFlight: { kind: 'go' },
      lookAgainAt: new Date(minutesAgo(10).getTime() + 901_000),
    });
    expect(answer({ guardrails: [slow('abort')] }, { startedAt: minutesAgo(20) }).inFlight.kind).toBe('rollBack');
    expect(answer({ guardrails: [slow('hold')] }, { startedAt: minutesAgo(20) }).inFlight).toMatchObject({ kind: 'hold', until: null });
  });

  test('takes back what crosses the limit of a metric, and names value and limit', () => {
    const guardrail = aGuardrail({}, { metrics: [{ metric: 'error-rate', of: 'service', max: 0.1, consequence: 'abort' }] });
    const metrics = [{ metric: 'error-rate', of: 'service' as const, serviceName: 'Checkout in eu', value: 0.4 }];
    expect(answer({ guardrails: [guardrail] }, { metrics }).inFlight).toMatchObject({
      kind: 'rollBack',
      sentence: expect.stringContaining('error-rate of Checkout in eu is 0.4; at most 0.1 is allowed'),
    });
  });

  test('that aborts is harder than a freeze that holds', () => {
    const policies = { guardrails: [slow('abort')], freezes: [freeze({ inFlight: 'hold' })] };
    expect(answer(policies, { startedAt: minutesAgo(20) }).inFlight.kind).toBe('rollBack');
  });
});
