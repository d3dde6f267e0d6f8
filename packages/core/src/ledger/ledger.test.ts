import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { casesBehind, keepLedger, ledgerEntry } from './index.ts';
import type { Asking, LedgerEntry, LedgerRecord, Start, Statement } from './index.ts';
import { waitingOf } from './waiting.ts';

const hourMs = 3_600_000;
const at = (hours: number): Date => new Date(Date.UTC(2026, 2, 2) + hours * hourMs);
const said = (over: Partial<Statement> = {}): Statement => ({
  deploymentId: 'd1',
  serviceId: 'checkout',
  environmentId: 'prod',
  digest: 'sha256:a',
  source: 'rule',
  policyId: 'r1',
  effect: 'hold',
  isShadow: false,
  sentence: 'Closed',
  isExempted: false,
  beganAt: at(0),
  endedAt: at(2),
  ...over,
});
const start = (over: Partial<Start> = {}): Start => ({
  deploymentId: 'd1',
  serviceId: 'checkout',
  environmentId: 'prod',
  digest: 'sha256:a',
  at: at(2),
  outcome: 'succeeded',
  ...over,
});
const asking = (over: Partial<Asking> = {}): Asking => ({
  deploymentId: 'd1',
  serviceId: 'checkout',
  environmentId: 'prod',
  createdAt: at(0),
  decidedAt: at(3),
  isRejected: false,
  policyIds: ['p1'],
  votes: [],
  ...over,
});
const record = (over: Partial<LedgerRecord> = {}): LedgerRecord => ({
  statements: [],
  starts: [],
  askings: [],
  teams: [],
  now: at(100),
  ...over,
});
const entryOf = (over: Partial<LedgerRecord>, id = 'r1'): LedgerEntry | undefined =>
  keepLedger(record(over)).find((entry) => entry.id === id);

describe('waiting', () => {
  test('hours count for everyone who held it, and alone only where nobody else did', () => {
    const statements = [said(), said({ policyId: 'r2', beganAt: at(1), endedAt: at(5) })];
    expect(entryOf({ statements })).toMatchObject({ waitedMs: 2 * hourMs, aloneMs: hourMs, stoppedCount: 1 });
    expect(entryOf({ statements }, 'r2')).toMatchObject({ waitedMs: 4 * hourMs, aloneMs: 3 * hourMs });
  });

  test('what still waits has waited until now; what is in shadow, refused or noted has not', () => {
    expect(entryOf({ statements: [said({ endedAt: null })] })?.waitedMs).toBe(100 * hourMs);
    for (const over of [{ isShadow: true }, { effect: 'deny' as const }, { deploymentId: null }])
      expect(entryOf({ statements: [said(over)] })?.waitedMs).toBe(0);
    expect(keepLedger(record({ statements: [said({ effect: 'note' })] }))).toEqual([]);
  });

  test('of one deployment, the time alone of all together is never longer than the time in which it waited', () => {
    const anySaid = fc
      .record({ id: fc.constantFrom('r1', 'r2', 'r3'), from: fc.integer({ min: 0, max: 50 }), hours: fc.integer({ min: 0, max: 40 }) })
      .map(({ id, from, hours }) => said({ policyId: id, beganAt: at(from), endedAt: at(from + hours) }));
    fc.assert(
      fc.property(fc.array(anySaid, { maxLength: 8 }), (statements) => {
        const hours = new Set(statements.flatMap((one) => hoursOf(one)));
        // Of one policy only one statement stands at a time: two of it would each be alone in the same hour.
        const isPlain = statements.every((one, index) => statements.slice(0, index).every((other) => other.policyId !== one.policyId));
        const alone = waitingOf(statements, at(100)).reduce((total, one) => total + one.aloneMs, 0);
        if (isPlain) expect(alone).toBeLessThanOrEqual(hours.size * hourMs);
        for (const one of waitingOf(statements, at(100))) expect(one.aloneMs).toBeLessThanOrEqual(one.waitedMs);
      }),
    );
  });
});

function hoursOf({ beganAt, endedAt }: Statement): number[] {
  const count = ((endedAt ?? at(100)).getTime() - beganAt.getTime()) / hourMs;
  return Array.from({ length: count }, (_, index) => beganAt.getTime() / hourMs + index);
}

describe('saved', () => {
  test('a refusal saves when the same artifact did not begin there later', () => {
    const refused = said({ effect: 'deny', deploymentId: null });
    expect(entryOf({ statements: [refused] })?.savedCount).toBe(1);
    expect(entryOf({ statements: [refused], starts: [start({ digest: 'sha256:mended' })] })?.savedCount).toBe(1);
    expect(entryOf({ statements: [refused], starts: [start()] })?.savedCount).toBe(0);
  });

  test('people who reject save as a refusal does; what only waited was not saved', () => {
    const asked = said({ source: 'approval', policyId: 'p1', effect: 'approvals' });
    expect(entryOf({ statements: [asked], askings: [asking({ isRejected: true })] }, 'p1')?.savedCount).toBe(1);
    expect(entryOf({ statements: [asked], askings: [asking()] }, 'p1')?.savedCount).toBe(0);
    expect(entryOf({ statements: [said()] })?.savedCount).toBe(0);
  });

  test('in shadow it would have saved what proved bad, which suggests to switch it on', () => {
    const statements = [said({ isShadow: true })];
    expect(entryOf({ statements, starts: [start({ outcome: 'rolledBack' })] })).toMatchObject({
      savedCount: 1,
      shadowCount: 1,
      suggestions: [{ kind: 'tighten' }],
    });
    expect(entryOf({ statements, starts: [start()] })).toMatchObject({ savedCount: 0, shadowGoodCount: 1, suggestions: [] });
  });
});

test('what an exemption passed counts against the policy, and often suggests to loosen it', () => {
  const exempted = [1, 2, 3].map((number) => said({ deploymentId: `d${number}`, effect: 'note', isExempted: true }));
  expect(entryOf({ statements: [...exempted, said({ deploymentId: 'd9', effect: 'deny' })] })).toMatchObject({
    bypassedCount: 3,
    bypassRate: 0.75,
    suggestions: [{ kind: 'loosen' }],
  });
});

test('what held many and saved none suggests to loosen it', () => {
  const statements = [1, 2, 3, 4, 5].map((number) => said({ deploymentId: `d${number}` }));
  expect(entryOf({ statements })?.suggestions).toMatchObject([{ kind: 'loosen', sentence: expect.stringContaining('5 deployments') }]);
  const own = statements.map((one) => ({ ...one, source: 'builtIn' as const }));
  expect(entryOf({ statements: own })?.suggestions).toEqual([]);
});

describe('deciding', () => {
  test('a policy and a group have the median of their own times', () => {
    const askings = [
      asking({ votes: [{ userId: 'ada', at: at(1) }] }),
      asking({ deploymentId: 'd2', decidedAt: at(9), votes: [{ userId: 'bob', at: at(5) }] }),
      asking({ deploymentId: 'd3', decidedAt: null }),
    ];
    const teams = [{ id: 'crew', memberIds: ['ada'], policyIds: ['p1'] }];
    expect(entryOf({ askings, teams }, 'p1')).toMatchObject({ decidedCount: 2, medianDecisionMs: 3 * hourMs });
    expect(entryOf({ askings, teams }, 'crew')).toMatchObject({
      stoppedCount: 3,
      decidedCount: 1,
      medianDecisionMs: hourMs,
      // An hour until Ada, nine until others had decided, and still waiting.
      waitedMs: (1 + 9 + 100) * hourMs,
    });
  });

  test('where no policy asks it is the environment', () => {
    expect(entryOf({ askings: [asking({ policyIds: [] })] }, 'production-approval')).toMatchObject({ account: 'builtIn', decidedCount: 1 });
  });
});

test('the deployments behind a number add up to it', () => {
  const statements = [said(), said({ deploymentId: 'd2', endedAt: at(7) })];
  const found = casesBehind(record({ statements }), { account: 'rule', id: 'r1', number: 'waited' }, 1);
  expect(found).toMatchObject({ total: 2, cases: [{ deploymentId: 'd2', ms: 7 * hourMs, sentence: 'Closed' }] });
  const entries = keepLedger(record({ statements, askings: [asking()] }));
  for (const entry of entries) expect(ledgerEntry.parse(entry)).toEqual(entry);
});
