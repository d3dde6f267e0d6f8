import { describe, expect, test } from 'vitest';
import { exemptionAbilities, exempts, findExemption, maxOpenReviews, mayCloseReview, needsOfNext } from './index.ts';
import type { ExemptionActor, ExemptionStanding } from './index.ts';
import { anExemption } from './testing.ts';

const at = new Date('2026-03-10T00:00:00Z');
const pass = {
  ruleId: 'r1',
  serviceId: 'checkout',
  environmentId: 'prod',
  digest: 'sha256:a',
  deploymentId: 'd1',
  useKey: 'start-1',
};

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

  test('given for a place, it opens for what is asked for there, with exactly that artifact, and once used for nothing else', () => {
    const found = anExemption({ deploymentId: null, digest: 'sha256:a' });
    expect(exempts(found, { ...pass, deploymentId: null, useKey: null }, at)).toBe(true);
    expect(exempts(found, { ...pass, digest: 'sha256:b' }, at)).toBe(false);
    expect(exempts(found, { ...pass, serviceId: 'cart' }, at)).toBe(false);
    expect(exempts(found, { ...pass, environmentId: 'staging' }, at)).toBe(false);
    expect(exempts({ ...found, usedBy: 'd1' }, { ...pass, deploymentId: null, useKey: null }, at)).toBe(false);
  });

  test('given for a time, it opens until it ends however often it is used', () => {
    const found = anExemption({ deploymentId: null, use: 'forTime', usedBy: 'start-1' });
    expect(exempts(found, { ...pass, useKey: 'start-2' }, at)).toBe(true);
    expect(exempts(found, { ...pass, useKey: 'start-2' }, found.endsAt)).toBe(false);
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

describe('reviews', () => {
  test('nobody who took part may close one, and it is closed once', () => {
    const review = { involved: ['u1', 'u2'], closedAt: null };
    expect(mayCloseReview(review, 'u1').ok).toBe(false);
    expect(mayCloseReview(review, 'u2').ok).toBe(false);
    expect(mayCloseReview(review, 'u3')).toEqual({ ok: true });
    expect(mayCloseReview({ ...review, closedAt: at }, 'u3').ok).toBe(false);
  });

  test('each open one asks for one more person, and too many of a break-glass for all of them to be closed', () => {
    expect([0, 1, 2].map((open) => needsOfNext('breakGlass', open)?.approvals)).toEqual([0, 1, 2]);
    expect(needsOfNext('breakGlass', maxOpenReviews)).toBeNull();
    expect(needsOfNext('planned', maxOpenReviews)).toMatchObject({ approvals: maxOpenReviews });
    expect(needsOfNext('planned', 1)?.sentence).toBe(
      'Someone else who may give exemptions must give it first. One earlier review is open, so one person must approve the deployment',
    );
  });
});

describe('who may do what', () => {
  const standing: ExemptionStanding = {
    state: 'asked',
    kind: 'planned',
    askedBy: 'dora',
    endsAt: new Date('2026-03-11T00:00:00Z'),
    usedAt: null,
    isOfPlatform: false,
    involved: ['dora'],
    reviewClosedAt: null,
  };
  const rita: ExemptionActor = { userId: 'rita', rights: ['exemption:ask', 'exemption:grant'], isPlatformAdmin: false };
  const dora: ExemptionActor = { userId: 'dora', rights: ['exemption:ask'], isPlatformAdmin: false };
  const paula: ExemptionActor = { userId: 'paula', rights: [], isPlatformAdmin: true };
  const allowed = (over: Partial<ExemptionStanding>, actor: ExemptionActor) =>
    exemptionAbilities({ ...standing, ...over }, actor, at).flatMap((one) => (one.allowed ? one.action : []));

  test('a second person who may gives it; whoever asked takes it back and gives nothing to themselves', () => {
    expect(allowed({}, rita)).toEqual(['grant', 'refuse', 'withdraw']);
    expect(allowed({}, dora)).toEqual(['withdraw']);
    expect(allowed({ askedBy: 'rita' }, rita)).toEqual(['refuse', 'withdraw']);
    expect(allowed({ endsAt: at }, rita)).toEqual(['refuse']);
  });

  test('from what the platform put in force only a platform admin exempts', () => {
    expect(allowed({ isOfPlatform: true }, rita)).toEqual([]);
    expect(allowed({ isOfPlatform: true }, paula)).toEqual(['grant', 'refuse', 'withdraw']);
    expect(allowed({}, paula)).toEqual([]);
  });

  test('what was used cannot be taken back, and a review is closed by someone who had no part', () => {
    expect(allowed({ state: 'granted', kind: 'breakGlass', usedAt: at }, rita)).toEqual(['closeReview']);
    expect(allowed({ state: 'granted', kind: 'breakGlass', usedAt: at, involved: ['rita'] }, rita)).toEqual([]);
    expect(allowed({ state: 'granted', kind: 'breakGlass', usedAt: at, reviewClosedAt: at }, rita)).toEqual([]);
    expect(allowed({ state: 'refused' }, rita)).toEqual([]);
  });

  test('each no has its reason', () => {
    for (const actor of [rita, dora, paula])
      for (const one of exemptionAbilities(standing, actor, at)) expect(one.why === '').toBe(one.allowed);
  });
});
