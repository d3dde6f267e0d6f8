import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { decideFailure } from './failure-policy.ts';
import type { FailurePolicy } from './failure-policy.ts';
import type { DeploymentSnapshot, TargetSnapshot } from './snapshot.ts';
import { aDeployment, aRollout, aTarget, now } from './testing.ts';

const failed = (...regions: string[]) => ({ regions: regions.map((region) => ({ region, reason: `${region}: errors` })), accepted: 0 });
const oneMayFail = { budget: 1, beyond: 'stop' } as const;

describe('what a policy says of a region that failed', () => {
  test.each<[FailurePolicy, string, string]>([
    [{ kind: 'rollBackAll' }, 'goesBack', 'goBack'],
    [{ kind: 'stop' }, 'staysAsItIs', 'stop'],
    [{ kind: 'rollBackRegion', ...oneMayFail }, 'goesBack', 'goOn'],
    [{ kind: 'goOn', ...oneMayFail }, 'staysAsItIs', 'goOn'],
  ])('%j', (policy, region, others) => {
    expect(decideFailure(policy, failed('ap'))).toMatchObject({ region, others });
  });

  test('beyond its budget everything stops or goes back, as it says', () => {
    expect(decideFailure({ kind: 'goOn', ...oneMayFail }, failed('ap', 'eu'))).toEqual({
      region: 'staysAsItIs',
      others: 'stop',
      why: 'ap: errors; eu: errors',
      sentence:
        'ap and eu failed, more than the 1 that may: nothing more begins until a person goes on or rolls back. ap: errors; eu: errors',
    });
    expect(decideFailure({ kind: 'rollBackRegion', budget: 1, beyond: 'rollBackAll' }, failed('ap', 'eu'))).toMatchObject({
      others: 'goBack',
    });
  });

  test('what a person has accepted stops nothing any more, what fails after it does', () => {
    const stop = { kind: 'stop' } as const;
    expect(decideFailure(stop, { ...failed('ap'), accepted: 1 })).toMatchObject({ region: 'staysAsItIs', others: 'goOn' });
    expect(decideFailure(stop, { ...failed('ap', 'eu'), accepted: 1 })).toMatchObject({ others: 'stop' });
    expect(decideFailure({ kind: 'rollBackAll' }, { ...failed('ap'), accepted: 9 })).toMatchObject({ others: 'goBack' });
  });

  test('it says in words what was decided and why', () => {
    expect(decideFailure({ kind: 'rollBackRegion', ...oneMayFail }, failed('ap')).sentence).toBe(
      'ap failed and goes back; the others go on (1 of 1 that may fail). ap: errors',
    );
    expect(decideFailure({ kind: 'rollBackAll' }, failed('ap')).sentence).toBe('ap: errors');
  });
});

describe('a deployment whose region fails', () => {
  const good = aTarget({ state: 'healthy', upgrade: { state: 'done' }, observed: aRollout({}) });
  const bad = (fields: Partial<TargetSnapshot> = {}): TargetSnapshot =>
    aTarget({
      id: 'td-us',
      region: 'us-east',
      state: 'progressing',
      upgrade: { state: 'done' },
      observed: aRollout({ phase: 'Degraded', stablePodHash: 'old', message: 'errors' }),
      ...fields,
    });
  const next = aTarget({ id: 'td-ap', region: 'ap-south', wave: 1 });
  const withPolicy = (onFailure: FailurePolicy, fields: Partial<DeploymentSnapshot> = {}): DeploymentSnapshot => {
    const { plan } = aDeployment({});
    return aDeployment({
      state: 'deploying',
      preparation: { state: 'done' },
      targets: [good, bad(), next],
      ...fields,
      plan: { ...plan, progression: { ...plan.progression, onFailure } },
    });
  };
  const kindsOf = (snapshot: DeploymentSnapshot) => decide(snapshot, now).effects.map((effect) => `${effect.key}`);

  test('goes back everywhere unless its plan says otherwise', () => {
    const decision = decide(withPolicy({ kind: 'rollBackAll' }), now);
    expect(decision).toMatchObject({ state: 'rollingBack', reason: 'us-east: errors', backCause: 'failure' });
    expect(decision.targets.map((target) => target.state)).toEqual(['rollingBack', 'rollingBack', 'skipped']);
  });

  test('stops, takes the traffic off the canary that failed, and touches nothing else', () => {
    const stopped = withPolicy({ kind: 'stop' });
    const decision = decide(stopped, now);
    expect(decision.state).toBe('paused');
    expect(decision.reason).toContain('us-east failed: nothing more begins until a person goes on or rolls back');
    expect(decision.targets.map((target) => target.state)).toEqual(['healthy', 'failed']);
    expect(kindsOf(stopped)).toEqual(['dep-1/td-us/abort']);
  });

  test('takes the one region back and goes on with the others, and never says that it succeeded', () => {
    const policy = { kind: 'rollBackRegion', ...oneMayFail } as const;
    const first = decide(withPolicy(policy), now);
    expect(first).toMatchObject({ state: 'deploying', targets: [{ state: 'healthy' }, { state: 'rollingBack' }] });
    expect(first.effects.map((effect) => effect.key)).toEqual(['dep-1/td-us/abort', 'dep-1/td-us/rollback']);
    const back = bad({
      state: 'rollingBack',
      reason: 'us-east: errors',
      rollback: { state: 'done' },
      observed: aRollout({ deploymentId: 'dep-0' }),
    });
    expect(decide(withPolicy(policy, { targets: [good, back, next] }), now)).toMatchObject({
      state: 'baking',
      targets: [{ state: 'healthy' }, { state: 'rolledBack' }],
    });
    const whole = { ...next, state: 'healthy' as const, upgrade: { state: 'done' as const }, observed: aRollout({}) };
    const ended = decide(withPolicy(policy, { currentWave: 1, targets: [good, { ...back, state: 'rolledBack' }, whole] }), now);
    expect(ended).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^It went on without us-east and is healthy in 2 regions/),
    });
  });

  test('goes on past what a person has accepted', () => {
    const failedRegion = bad({ state: 'failed', reason: 'us-east: errors', takeBack: { state: 'done' } });
    const paused = withPolicy({ kind: 'stop' }, { state: 'paused', waveFinishedAt: new Date(0), targets: [good, failedRegion, next] });
    expect(decide(paused, now)).toMatchObject({ state: 'paused', effects: [] });
    expect(decide({ ...paused, acceptedFailures: 1 }, now)).toMatchObject({ state: 'deploying', currentWave: 1 });
  });

  test('whose person rolls it back goes back everywhere, the region that was left included', () => {
    const failedRegion = bad({ state: 'failed', reason: 'us-east: errors', takeBack: { state: 'done' } });
    const asked = withPolicy(
      { kind: 'stop' },
      { state: 'paused', targets: [good, failedRegion, next], requestedAction: { kind: 'rollback', by: 'Ana' } },
    );
    expect(decide(asked, now).targets.map((target) => target.state)).toEqual(['rollingBack', 'rollingBack', 'skipped']);
    expect(decide(asked, now).backCause).toBe('person');
  });
});

describe('a pause of the plan', () => {
  const { plan } = aDeployment({});
  const baked = aDeployment({
    state: 'baking',
    waveFinishedAt: new Date(0),
    plan: { ...plan, progression: { ...plan.progression, pauses: 'afterEachWave' } },
    targets: [
      aTarget({ state: 'healthy', upgrade: { state: 'done' }, observed: aRollout({}) }),
      aTarget({ id: 'td-us', region: 'us-east', wave: 1 }),
    ],
  });

  test('waits after the observation until a person continues, and then asks the rules as ever', () => {
    expect(decide(baked, now)).toMatchObject({
      state: 'paused',
      reason: 'Wave 1 was observed: wave 2 begins when a person continues',
      effects: [],
    });
    const continued: DeploymentSnapshot = { ...baked, state: 'paused', continuedWave: 1 };
    expect(decide(continued, now)).toMatchObject({ state: 'deploying', currentWave: 1 });
    const held = { kind: 'held', sentence: 'a freeze began', until: null } as const;
    expect(decide({ ...continued, permission: held }, now)).toMatchObject({ state: 'baking', reason: 'a freeze began', effects: [] });
  });
});
