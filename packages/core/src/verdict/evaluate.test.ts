import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import type { DeploymentRequest, VerdictContext } from './verdict.ts';

const now = new Date('2026-03-01T10:00:00Z');
const request = (over: Partial<DeploymentRequest> = {}): DeploymentRequest => ({
  deploymentId: 'd1',
  kind: 'deploy',
  subjectHash: 'h1',
  ...over,
});
const context = (over: Partial<VerdictContext> = {}): VerdictContext => ({
  now,
  environment: { name: 'Staging', requiredApprovals: 0, archivedAt: null },
  service: { name: 'Checkout', archivedAt: null },
  active: [],
  approval: null,
  ...over,
});
const production = { name: 'Production', requiredApprovals: 1, archivedAt: null };

describe('evaluate', () => {
  test('allows what no rule speaks against', () => {
    expect(evaluate(request(), context())).toEqual({
      kind: 'allowed',
      reasons: [],
      shadow: [],
      earliestAt: now,
      approvalsRequired: 0,
      approvalPolicyIds: [],
      autoApproved: [],
      exemptionIds: [],
    });
  });

  test('production needs an approval', () => {
    const answer = evaluate(request(), context({ environment: production }));
    expect(answer).toMatchObject({ kind: 'needsApprovals', missing: 1 });
    expect(answer.reasons.map((reason) => reason.rule)).toEqual(['production-approval']);
  });

  test('an approval of the same hash lifts the rule', () => {
    const approval = { approvedCount: 1, subjectHash: 'h1', state: 'approved' } as const;
    expect(evaluate(request(), context({ environment: production, approval })).kind).toBe('allowed');
  });

  test('an approval of another hash does not count', () => {
    const approval = { approvedCount: 5, subjectHash: 'h0', state: 'approved' } as const;
    expect(evaluate(request(), context({ environment: production, approval }))).toMatchObject({ kind: 'needsApprovals', missing: 1 });
  });

  test('an approval does not count before it is known what would run', () => {
    const approval = { approvedCount: 1, subjectHash: 'h1', state: 'approved' } as const;
    expect(evaluate(request({ subjectHash: null }), context({ environment: production, approval })).kind).toBe('needsApprovals');
  });

  test('a rejection denies', () => {
    const approval = { approvedCount: 0, subjectHash: 'h1', state: 'rejected' } as const;
    expect(evaluate(request(), context({ environment: production, approval })).kind).toBe('denied');
  });

  test('another active deployment in the same place holds, and says which', () => {
    const active = [{ id: 'd0', state: 'deploying', requestedByName: 'Ada' }];
    const answer = evaluate(request(), context({ active }));
    expect(answer).toMatchObject({ kind: 'heldUntil', until: null });
    expect(answer.reasons[0]?.liftedBy).toContain('d0');
  });

  test('a deployment does not hold itself', () => {
    expect(evaluate(request(), context({ active: [{ id: 'd1', state: 'deploying', requestedByName: 'Ada' }] })).kind).toBe('allowed');
  });

  test('an archived environment or service denies, whatever else holds', () => {
    const active = [{ id: 'd0', state: 'deploying', requestedByName: 'Ada' }];
    expect(evaluate(request(), context({ environment: { ...production, archivedAt: now }, active })).kind).toBe('denied');
    expect(evaluate(request(), context({ service: { name: 'Checkout', archivedAt: now } })).kind).toBe('denied');
  });

  test('all reasons are kept, not only the one that decided', () => {
    const active = [{ id: 'd0', state: 'deploying', requestedByName: 'Ada' }];
    const answer = evaluate(request(), context({ environment: production, active }));
    expect(answer.kind).toBe('needsApprovals');
    expect(answer.reasons.map((reason) => reason.rule)).toEqual(['production-approval', 'one-at-a-time']);
  });

  test('a rollback does not wait for approvals', () => {
    expect(evaluate(request({ kind: 'rollback' }), context({ environment: production })).kind).toBe('allowed');
  });
});
