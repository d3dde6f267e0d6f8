import { describe, expect, test } from 'vitest';
import { everywhere } from '../rule/index.ts';
import { nextPromotion, protectedSoak } from './next-promotion.ts';
import type { PromotionFacts } from './next-promotion.ts';
import type { PathStage, RunningIn } from './matrix.ts';
import { promotionRule } from './promotion-rule.ts';
import type { PromotionRule } from './promotion-rule.ts';

const path: readonly PathStage[] = [
  { id: 'dev', name: 'Development', kind: 'development', position: 1, regions: ['eu'] },
  { id: 'stage', name: 'Staging', kind: 'staging', position: 2, regions: ['eu', 'us'] },
  { id: 'pr-7', name: 'Pull request 7', kind: 'ephemeral', position: 3, regions: ['eu'] },
  { id: 'prod', name: 'Production', kind: 'production', position: 4, regions: ['eu', 'us'] },
];
const begin = new Date('2026-03-02T10:00:00Z');
const after = (minutes: number): Date => new Date(begin.getTime() + minutes * 60_000);

function aRule(over: Partial<PromotionRule> = {}): PromotionRule {
  const owner = { kind: 'tenant' as const, name: 'Acme' };
  const head = { id: 'r', revision: 1, title: 'On', owner, scope: everywhere, enforcement: 'enforce' as const };
  return promotionRule.parse({ ...head, fromId: 'stage', toId: 'prod', soakMinutes: 60, ...over });
}

/** The build of that number, in both regions since the beginning. */
function runs(environmentId: string, build: number, over: Partial<RunningIn> = {}): RunningIn[] {
  return ['eu', 'us'].map((region) => ({
    environmentId,
    region,
    artifactId: `build-${build}`,
    deploymentId: `to-${environmentId}-${build}`,
    version: `1.${build}.0`,
    digest: `sha256:${build}`,
    since: begin,
    builtAt: new Date(build * 1_000),
    health: 'healthy' as const,
    isQuarantined: false,
    ...over,
  }));
}

const facts = (over: Partial<PromotionFacts> = {}): PromotionFacts => ({
  serviceName: 'Checkout',
  path,
  running: [...runs('stage', 2), ...runs('prod', 1)],
  pin: null,
  underway: [],
  tried: new Map(),
  ...over,
});

describe('what has soaked', () => {
  test('is promoted from the minute on at which it has been healthy for long enough in the last of its regions', () => {
    const [eu, us] = runs('stage', 2);
    const running = [...(eu === undefined ? [] : [eu]), ...(us === undefined ? [] : [{ ...us, since: after(10) }]), ...runs('prod', 1)];
    expect(nextPromotion(aRule(), facts({ running }), after(69))).toEqual({
      kind: 'waits',
      artifactId: 'build-2',
      version: '1.2.0',
      until: after(70),
      reasons: [{ kind: 'soak', sentence: '1.2.0 soaks in Staging', until: after(70) }],
    });
    expect(nextPromotion(aRule(), facts({ running }), after(70))).toEqual({ kind: 'promotes', artifactId: 'build-2', version: '1.2.0' });
  });

  test('goes where nothing of the service runs yet, too', () => {
    expect(nextPromotion(aRule(), facts({ running: runs('stage', 2) }), after(60)).kind).toBe('promotes');
  });

  test('waits while it is not healthy in some region, and says how it is where', () => {
    const running = [...runs('stage', 2, { health: 'degraded' }), ...runs('prod', 1)];
    expect(nextPromotion(aRule(), facts({ running }), after(60))).toMatchObject({
      kind: 'waits',
      until: null,
      reasons: [{ kind: 'degraded', sentence: '1.2.0 is degraded in eu, degraded in us of Staging' }],
    });
  });

  test('is protected where it soaks and while it is promoted, and not while a person keeps the place above', () => {
    expect(protectedSoak(nextPromotion(aRule(), facts(), after(1)))).toEqual({ artifactId: 'build-2', version: '1.2.0', until: after(60) });
    expect(protectedSoak(nextPromotion(aRule(), facts(), after(60)))).toMatchObject({ until: null });
    const pin = { version: '1.1.0', reason: 'rolled back', placedByName: 'Rita' };
    expect(protectedSoak(nextPromotion(aRule(), facts({ pin }), after(60)))).toBeNull();
  });

  test('is protected while it cannot be seen, and not while it is degraded: what mends it may come', () => {
    const protectedWhile = (health: RunningIn['health']) =>
      protectedSoak(nextPromotion(aRule(), facts({ running: runs('stage', 2, { health }) }), after(1)));
    expect(protectedWhile('unknown')).toMatchObject({ version: '1.2.0' });
    expect(protectedWhile('degraded')).toBeNull();
  });
});

describe('a schedule', () => {
  const window = {
    zone: 'Europe/Berlin',
    start: '2026-03-03T09:00',
    end: '2026-03-03T12:00',
    recurrence: 'FREQ=WEEKLY;BYDAY=TU',
    exceptions: [],
  };

  test('holds what has soaked until it opens, and names that time', () => {
    const opensAt = new Date('2026-03-03T08:00:00Z');
    expect(nextPromotion(aRule({ window }), facts(), after(60))).toMatchObject({
      kind: 'waits',
      until: opensAt,
      reasons: [{ kind: 'schedule', until: opensAt }],
    });
    expect(nextPromotion(aRule({ window }), facts(), opensAt).kind).toBe('promotes');
  });

  test('that will be open when the soak ends is no reason of its own', () => {
    const now = new Date('2026-03-03T08:30:00Z');
    const running = [...runs('stage', 2, { since: now }), ...runs('prod', 1)];
    expect(nextPromotion(aRule({ window }), facts({ running }), now)).toMatchObject({ reasons: [{ kind: 'soak' }] });
  });

  test('that never opens again is said to be over', () => {
    const once = { ...window, recurrence: null };
    expect(nextPromotion(aRule({ window: once }), facts(), new Date('2026-04-01T00:00:00Z'))).toMatchObject({
      kind: 'waits',
      until: null,
      reasons: [{ sentence: 'The schedule of the rule is over' }],
    });
  });
});

describe('a person comes first', () => {
  test('a pin above holds it, with who placed it and why', () => {
    const pin = { version: '1.1.0', reason: 'rolled back', placedByName: 'Rita' };
    expect(nextPromotion(aRule(), facts({ pin }), after(60))).toMatchObject({
      kind: 'waits',
      until: null,
      reasons: [{ kind: 'pinned', sentence: 'Rita keeps Checkout in Production at 1.1.0: rolled back' }],
    });
  });

  test('what a person has asked for is waited for, and what moves; an older build that Flow asked for and that waits is overtaken', () => {
    const other = { version: '1.1.5', builtAt: new Date(1_500), hasBegun: false, askedByName: null };
    const withOther = (over: object) => nextPromotion(aRule(), facts({ underway: [{ ...other, ...over }] }), after(60)).kind;
    expect(withOther({})).toBe('promotes');
    expect(withOther({ askedByName: 'Dora' })).toBe('waits');
    expect(withOther({ hasBegun: true })).toBe('waits');
    expect(withOther({ builtAt: new Date(9_000) })).toBe('waits');
  });
});

describe('nothing is promoted', () => {
  const sentence = (over: Partial<PromotionFacts>, rule = aRule()) => {
    const next = nextPromotion(rule, facts(over), after(600));
    return next.kind === 'nothing' ? next.sentence : next;
  };

  test.each([
    ['where nothing runs', { running: runs('prod', 1) }, 'Nothing of Checkout runs in Staging'],
    [
      'while regions differ',
      { running: [...runs('stage', 2).slice(0, 1), ...runs('stage', 3).slice(1)] },
      'Not every region of Staging runs the same version of Checkout',
    ],
    ['while a region lacks it', { running: runs('stage', 2).slice(0, 1) }, 'Not every region of Staging runs the same version of Checkout'],
    ['that is in quarantine', { running: runs('stage', 2, { isQuarantined: true }) }, '1.2.0, which runs in Staging, is in quarantine'],
    ['that is there', { running: [...runs('stage', 2), ...runs('prod', 2)] }, '1.2.0 runs in Production'],
    ['over something newer', { running: [...runs('stage', 2), ...runs('prod', 3)] }, 'Production runs 1.3.0, which is newer than 1.2.0'],
    [
      'twice',
      { tried: new Map([['build-2', 'rolledBack' as const]]) },
      '1.2.0 was taken back from Production: it goes there again when somebody asks for it',
    ],
    ['that is on its way', { tried: new Map([['build-2', 'held' as const]]) }, '1.2.0 is on its way to Production'],
  ])('%s', (_what, over, expected) => {
    expect(sentence(over)).toBe(expected);
  });

  test('past an environment between, or to one that is archived', () => {
    expect(sentence({}, aRule({ fromId: 'dev' }))).toBe('Production does not come right after Development on the promotion path');
    expect(sentence({ path: path.slice(0, 3) })).toBe('One of the two environments is archived');
  });
});
