import { describe, expect, test } from 'vitest';
import { builtInRules, checkRule, judgeRule, maxOthers, nextChangeOfRule, prepareFacts } from './index.ts';
import { aRule, anotherDeployment, someFacts } from './testing.ts';

const now = new Date('2026-03-02T10:00:00Z');
const ask = (source: string, facts = someFacts(), message = '') => judgeRule(aRule({ source, message }), prepareFacts(facts), now);

describe('judging a rule', () => {
  test('a true condition speaks with its message, a false one is silent', () => {
    expect(ask('service.tier == "1"', someFacts(), 'Tier {{ service.tier }}')).toEqual({ kind: 'speaks', sentence: 'Tier 1' });
    expect(ask('service.tier == "2"')).toEqual({ kind: 'silent' });
  });

  test('a rule that cannot be evaluated says which rule and why, and is no yes', () => {
    const answer = ask('service.labels.nobody == "x"');
    expect(answer).toEqual({ kind: 'broken', sentence: 'The rule "A rule" could not be asked: No such key: nobody' });
    expect(ask('service.teir == "1"')).toMatchObject({ kind: 'broken', sentence: expect.stringContaining('line 1, column 9') });
  });

  test('a message that cannot be filled does not hide the rule', () => {
    expect(ask('true', someFacts(), '{{ service.labels.nobody }}')).toMatchObject({
      kind: 'speaks',
      sentence: 'A rule (its message could not be filled: No such key: nobody)',
    });
  });

  test('a rule that would have to see more deployments than it can is not taken for a no', () => {
    const others = Array.from({ length: maxOthers + 1 }, (_, index) => anotherDeployment({ id: `d${index}` }));
    expect(ask('others.exists(o, o.serviceName == "Other")', someFacts({ others })).kind).toBe('broken');
    expect(ask('others.exists(o, o.serviceName == "Cart")', someFacts({ others })).kind).toBe('speaks');
  });

  test('errors are found at save, in the condition and in the message', () => {
    expect(
      checkRule(aRule({ source: 'service.teir == "1"', message: '{{ x }}' })).map(({ field, line, column }) => [field, line, column]),
    ).toEqual([
      ['condition', 1, 9],
      ['message', 1, 4],
    ]);
    expect(checkRule(aRule({ condition: { kind: 'builtIn', use: { key: 'no-such-rule' } } }))).toHaveLength(1);
    expect(checkRule(aRule({ condition: { kind: 'builtIn', use: { key: 'not-soaked', settings: { hours: 1 } } } }))).toHaveLength(1);
  });
});

describe('built-in rules', () => {
  const builtIn = (key: string, settings: Record<string, number> = {}) => aRule({ condition: { kind: 'builtIn', use: { key, settings } } });

  test('there are ten, each compiles with its message and is described', () => {
    expect(builtInRules).toHaveLength(10);
    const faults = builtInRules.flatMap(({ key }) => checkRule(builtIn(key)));
    const answers = builtInRules.map(({ key }) => judgeRule(builtIn(key), prepareFacts(someFacts()), now));
    expect(faults).toEqual([]);
    expect(answers.filter(({ kind }) => kind === 'broken')).toEqual([]);
    expect(builtInRules.every(({ description, liftedBy }) => description.length > 20 && liftedBy !== '')).toBe(true);
  });

  const cases: readonly [string, Parameters<typeof someFacts>[0], string][] = [
    ['dependency-mid-rollout', { others: [anotherDeployment()] }, 'Cart, which Checkout calls, is being deployed in the same region'],
    [
      'service-already-deploying',
      { others: [anotherDeployment({ relation: 'same' })] },
      'Another deployment of Checkout is moving in production',
    ],
    ['too-many-at-once', { inFlight: { tenant: 20, platform: 30 } }, 'Too much is moving at once: 20 in the tenant; in eu 0'],
    [
      'same-artifact-rolled-back',
      { previous: { id: 'd0', state: 'rolledBack', digest: 'sha256:a', endedAt: now } },
      'The last deployment to Production was rolled back, and this is the same artifact',
    ],
    [
      'open-incident',
      { incidents: [{ id: 'i', title: 'Payments fail', severity: '1', serviceName: 'Checkout', relation: 'same', since: now }] },
      'An incident is open: Payments fail',
    ],
    [
      'no-way-back',
      { targets: [{ region: 'eu', cluster: 'c', inFlightInRegion: 0, inFlightInCluster: 0, hasRelease: true, lastGoodKnown: false }] },
      'No good version to go back to is known in eu',
    ],
    ['newer-below', { artifact: { ...someFacts().artifact, newerBelow: ['Staging'] } }, 'Staging runs something newer than 1.1'],
    ['error-budget-spent', { errorBudget: { remainingPercent: 0, burnRate: 2 } }, 'The error budget of Checkout is spent'],
    [
      'not-soaked',
      { artifact: { ...someFacts().artifact, soakingSince: new Date('2026-03-02T09:30:00Z') } },
      'It has run for 30 minutes in the environment below, which is not long enough',
    ],
    [
      'outside-working-hours',
      { service: { ...someFacts().service, workingHours: { ...someFacts().service.workingHours, days: [2] } } },
      'Payments is not at work: it is outside their working hours (Europe/Berlin)',
    ],
  ];

  test.each(cases)('%s speaks when it should and is silent otherwise', (key, over, sentence) => {
    expect(judgeRule(builtIn(key), prepareFacts(someFacts(over)), now)).toEqual({ kind: 'speaks', sentence });
    expect(judgeRule(builtIn(key), prepareFacts(someFacts()), now)).toEqual({ kind: 'silent' });
  });

  test('the soak rule names the minute at which it can change', () => {
    const facts = someFacts({ artifact: { ...someFacts().artifact, soakingSince: new Date('2026-03-02T09:30:00Z') } });
    expect(nextChangeOfRule(builtIn('not-soaked', { minutes: 45 }), prepareFacts(facts), now)).toEqual(new Date('2026-03-02T10:15:00Z'));
  });
});
