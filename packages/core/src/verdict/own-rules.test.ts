import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import type { DeploymentRequest, VerdictContext } from './verdict.ts';

const now = new Date('2026-03-01T10:00:00Z');
const request = (kind: DeploymentRequest['kind'] = 'deploy'): DeploymentRequest => ({ deploymentId: 'd1', kind, subjectHash: 'h1' });
const context = (over: Partial<VerdictContext>): VerdictContext => ({
  now,
  environment: { name: 'Production', requiredApprovals: 0, archivedAt: null },
  service: { name: 'Checkout', archivedAt: null },
  active: [],
  approval: null,
  ...over,
});

describe('what is in quarantine', () => {
  const quarantine = { reason: 'It loses orders', placedByName: 'Rita' };

  test.each(['deploy', 'rollback'] as const)('goes nowhere by a %s, and it is said who says so and why', (kind) => {
    const verdict = evaluate(request(kind), context({ quarantine }));
    expect(verdict).toMatchObject({
      kind: 'denied',
      earliestAt: null,
      reasons: [
        { rule: 'artifact-quarantined', sentence: 'The artifact is in quarantine: Rita says "It loses orders"', exemptible: false },
      ],
    });
  });
});

describe('what soaks', () => {
  const until = new Date('2026-03-01T10:30:00Z');
  const soaking = { version: '1.2.0', toName: 'Live', until };

  test('holds automation until the soak is over, by time alone', () => {
    expect(evaluate(request(), context({ soaking }))).toMatchObject({
      kind: 'heldUntil',
      until,
      reasons: [{ rule: 'soaks', effect: 'hold', earliestAt: until }],
    });
    expect(evaluate(request(), context({ soaking, now: until }))).toMatchObject({ kind: 'allowed', reasons: [] });
  });

  test('holds it for no time that can be named while it is promoted, and never what goes back', () => {
    const promoted = { ...soaking, until: null };
    expect(evaluate(request(), context({ soaking: promoted }))).toMatchObject({ kind: 'heldUntil', until: null });
    expect(evaluate(request('rollback'), context({ soaking }))).toMatchObject({ kind: 'allowed', reasons: [] });
  });
});

describe('a pin', () => {
  const pin = { version: '1.2.0', reason: 'rolled back', placedByName: 'Rita', holds: true };

  test('holds automation, for no time that can be named, and says who can lift it', () => {
    const verdict = evaluate(request(), context({ pin }));
    expect(verdict).toMatchObject({
      kind: 'heldUntil',
      until: null,
      reasons: [{ rule: 'pinned', effect: 'hold', liftedBy: 'whoever releases the pin' }],
    });
    expect(verdict.reasons[0]?.sentence).toContain('Rita keeps Checkout in Production at 1.2.0: rolled back');
  });

  test('tells another person, who decides', () => {
    const verdict = evaluate(request(), context({ pin: { ...pin, holds: false } }));
    expect(verdict).toMatchObject({ kind: 'allowed', reasons: [{ rule: 'pinned', effect: 'note' }] });
  });

  test('never holds what goes back', () => {
    expect(evaluate(request('rollback'), context({ pin }))).toMatchObject({ kind: 'allowed', reasons: [] });
  });
});
