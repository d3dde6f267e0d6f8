import { describe, expect, test } from 'vitest';
import { breakGlassNeeds, exempts, findExemption, maxOpenReviews, mayCloseReview, mayUse, reviewOf } from './index.ts';
import { anExemption } from './testing.ts';

const at = new Date('2026-03-10T00:00:00Z');
const pass = { deploymentId: 'd1', ruleId: 'r1', useKey: 'start-1' };

describe('exemptions', () => {
  test('one deployment, one rule, one use, one end: fifty others at the same instant do not pass', () => {
    const found = anExemption({ usedBy: 'start-1' });
    expect(exempts(found, pass, at)).toBe(true);
    const others = Array.from({ length: 50 }, (_, index) => ({ ...pass, deploymentId: `other-${index}` }));
    expect(others.filter((other) => exempts(found, other, at))).toEqual([]);
    expect(exempts(found, { ...pass, ruleId: 'r2' }, at)).toBe(false);
    expect(exempts(found, { ...pass, useKey: 'start-2' }, at)).toBe(false);
    expect(exempts(found, { ...pass, deploymentId: null }, at)).toBe(false);
    expect(exempts(found, pass, found.endsAt)).toBe(false);
    expect(exempts(found, pass, new Date('2026-02-28T00:00:00Z'))).toBe(false);
    expect(exempts(anExemption({ withdrawnAt: at }), pass, at)).toBe(false);
  });

  test('it is used once', () => {
    expect(mayUse(anExemption(), 'start-1', at)).toBe(true);
    expect(mayUse(anExemption({ usedBy: 'start-1' }), 'start-2', at)).toBe(false);
  });

  test('of several the one that needs the fewest people is taken', () => {
    const glass = anExemption({ id: 'x0', kind: 'breakGlass', approvalsRequired: 2 });
    expect(findExemption([glass, anExemption()], pass, at)?.id).toBe('x1');
    expect(findExemption([], pass, at)).toBeNull();
  });

  test('an end before the beginning is refused', () => {
    expect(() => anExemption({ endsAt: new Date('2026-02-01T00:00:00Z') })).toThrow('the end must come after the beginning');
  });
});

describe('break-glass', () => {
  test('leaves a review that nobody who took part may close', () => {
    const review = reviewOf(anExemption({ kind: 'breakGlass' }), ['u2']);
    expect(review?.involved).toEqual(['u1', 'u2']);
    if (review === null) return;
    expect(mayCloseReview(review, 'u1').ok).toBe(false);
    expect(mayCloseReview(review, 'u2').ok).toBe(false);
    expect(mayCloseReview(review, 'u3')).toEqual({ ok: true });
    expect(mayCloseReview({ ...review, closedAt: at }, 'u3').ok).toBe(false);
    expect(reviewOf(anExemption(), [])).toBeNull();
  });

  test('each open review asks for one more person, and too many for all of them to be closed', () => {
    expect([0, 1, 2].map((open) => breakGlassNeeds(open)?.approvals)).toEqual([0, 1, 2]);
    expect(breakGlassNeeds(maxOpenReviews)).toBeNull();
  });
});
