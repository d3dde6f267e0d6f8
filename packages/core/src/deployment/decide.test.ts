import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { DeploymentSnapshot, TargetSnapshot } from './snapshot.ts';
import { aDeployment, aRollout, aTarget, now } from './testing.ts';

const moving = (targets: readonly TargetSnapshot[], more: Partial<DeploymentSnapshot> = {}): DeploymentSnapshot =>
  aDeployment({ state: 'deploying', preparation: { state: 'done' }, targets, ...more });

describe('before it starts', () => {
  test('nothing is decided before the change was rendered and checked', () => {
    const decision = decide(aDeployment({ preparation: { state: 'none' } }), now);
    expect(decision.state).toBe('preparing');
    expect(decision.effects).toEqual([{ kind: 'prepare', key: 'dep-1/prepare' }]);
  });

  test('a chart that does not render ends the deployment with the reason, and nothing was touched', () => {
    const decision = decide(aDeployment({ preparation: { state: 'failed', reason: 'values.replicas must be a number' } }), now);
    expect(decision.state).toBe('failed');
    expect(decision.reason).toBe('values.replicas must be a number');
    expect(decision.targets.map((target) => target.state)).toEqual(['skipped', 'skipped']);
    expect(decision.effects).toEqual([]);
  });

  test('needed approvals are asked for once', () => {
    const waiting = aDeployment({
      preparation: { state: 'done' },
      permission: { kind: 'needsApprovals', sentence: 'needs one approval', isAsked: false },
    });
    expect(decide(waiting, now).effects).toEqual([{ kind: 'requestApproval', key: 'dep-1/approval' }]);
    const permission = { kind: 'needsApprovals', sentence: 'needs one approval', isAsked: true } as const;
    expect(decide({ ...waiting, state: 'awaitingApproval', approval: 'pending', permission }, now).effects).toEqual([]);
  });

  test('when more is asked than people were, they are asked again, between two waves too', () => {
    const permission = { kind: 'needsApprovals', sentence: 'needs two', isAsked: false } as const;
    const ask = { kind: 'requestApproval', key: 'dep-1/approval' };
    expect(decide(aDeployment({ state: 'awaitingApproval', approval: 'pending', permission }), now).effects).toEqual([ask]);
    const done = aTarget({ state: 'healthy', upgrade: { state: 'done' }, observed: aRollout({}) });
    const baked = aDeployment({
      state: 'baking',
      waveFinishedAt: new Date(0),
      permission,
      targets: [done, aTarget({ id: 'td-us', wave: 1 })],
    });
    expect(decide(baked, now)).toMatchObject({ state: 'baking', reason: 'needs two', effects: [ask] });
  });

  test('what a policy approves by itself is written down before it starts', () => {
    const approved = aDeployment({ preparation: { state: 'done' }, permission: { kind: 'allowed', toRecord: true } });
    expect(decide(approved, now)).toMatchObject({ state: 'preparing', effects: [{ kind: 'requestApproval', key: 'dep-1/approval' }] });
  });

  test('a rejection is not a failure', () => {
    expect(decide(aDeployment({ state: 'awaitingApproval', preparation: { state: 'done' }, approval: 'rejected' }), now).state).toBe(
      'rejected',
    );
  });

  test('a newer deployment to the same place takes over from one that has touched nothing, and closes its approval', () => {
    const decision = decide(
      aDeployment({ state: 'awaitingApproval', preparation: { state: 'done' }, approval: 'pending', newerDeploymentId: 'dep-2' }),
      now,
    );
    expect(decision.state).toBe('superseded');
    expect(decision.effects).toEqual([{ kind: 'closeApproval', key: 'dep-1/close-approval' }]);
  });

  test('a hold is a wait with its reason and end, not a failure', () => {
    const until = new Date('2026-01-01T02:00:00Z');
    const decision = decide(
      aDeployment({ preparation: { state: 'done' }, permission: { kind: 'held', sentence: 'another deployment is moving', until } }),
      now,
    );
    expect(decision).toMatchObject({ state: 'held', reason: 'another deployment is moving', wakeAt: until });
  });

  test('the first wave starts when it is allowed, and only the first', () => {
    const decision = decide(aDeployment({ preparation: { state: 'done' } }), now);
    expect(decision.state).toBe('deploying');
    expect(decision.targets).toMatchObject([{ id: 'td-eu', state: 'applying' }]);
    expect(decision.effects).toEqual([{ kind: 'helmUpgrade', key: 'dep-1/td-eu/upgrade', targetId: 'td-eu' }]);
  });
});

describe('while it moves', () => {
  test('Healthy on another revision says nothing about this one', () => {
    const decision = decide(
      moving([
        aTarget({ state: 'applying', upgrade: { state: 'done' }, observed: aRollout({ deploymentId: 'dep-0' }) }),
        aTarget({ id: 'td-us', wave: 1 }),
      ]),
      now,
    );
    expect(decision.targets).toMatchObject([{ state: 'applying' }]);
    expect(decision.state).toBe('deploying');
  });

  test('a canary that waits for a person says so', () => {
    const observed = aRollout({
      phase: 'Paused',
      stablePodHash: 'old',
      pause: { reason: 'CanaryPauseStep', startedAt: '2026-01-01T00:00:00Z' },
      stepIndex: 1,
      canaryWeight: 20,
    });
    const decision = decide(moving([aTarget({ state: 'progressing', upgrade: { state: 'done' }, observed })]), now);
    expect(decision.targets[0]).toEqual({ id: 'td-eu', state: 'paused', reason: 'Waits at 20 % for a person: promote or abort' });
  });

  test('a healthy wave bakes before the next one starts', () => {
    const healthy = aTarget({ state: 'progressing', upgrade: { state: 'done' }, observed: aRollout({}) });
    const second = aTarget({ id: 'td-us', region: 'us-east', wave: 1 });
    const baking = decide(moving([healthy, second]), now);
    expect(baking).toMatchObject({ state: 'baking', waveFinishedAt: now, wakeAt: new Date(now.getTime() + 30_000) });
    const early = decide(
      moving([{ ...healthy, state: 'healthy' }, second], { state: 'baking', waveFinishedAt: now }),
      new Date(now.getTime() + 29_999),
    );
    expect(early.state).toBe('baking');
    const later = decide(
      moving([{ ...healthy, state: 'healthy' }, second], { state: 'baking', waveFinishedAt: now }),
      new Date(now.getTime() + 30_000),
    );
    expect(later).toMatchObject({ state: 'deploying', currentWave: 1 });
    expect(later.effects).toEqual([{ kind: 'helmUpgrade', key: 'dep-1/td-us/upgrade', targetId: 'td-us' }]);
  });

  test('the next wave asks for permission again', () => {
    const healthy = aTarget({ state: 'healthy', upgrade: { state: 'done' }, observed: aRollout({}) });
    const decision = decide(
      moving([healthy, aTarget({ id: 'td-us', wave: 1 })], {
        state: 'baking',
        waveFinishedAt: new Date(0),
        permission: { kind: 'held', sentence: 'a freeze began', until: null },
      }),
      now,
    );
    expect(decision).toMatchObject({ state: 'baking', reason: 'a freeze began', effects: [] });
  });

  test('a failed analysis takes every touched region back and says which metric, value and limit', () => {
    const analyses = [
      {
        uid: 'a',
        name: 'a',
        podHash: 'new',
        kind: 'background' as const,
        stepIndex: null,
        phase: 'Failed' as const,
        message: '',
        startedAt: null,
        completedAt: null,
        metrics: [
          {
            name: 'error-rate',
            phase: 'Failed' as const,
            message: '',
            successCondition: 'result <= 0.05',
            limit: 0.05,
            failureLimit: 0,
            failed: 1,
            measurements: [{ at: '', value: 0.5, phase: 'Failed' }],
          },
        ],
      },
    ];
    const bad = aTarget({
      id: 'td-us',
      region: 'us-east',
      wave: 1,
      state: 'progressing',
      upgrade: { state: 'done' },
      observed: aRollout({ phase: 'Degraded', aborted: true, stablePodHash: 'old' }),
      analyses,
    });
    const good = aTarget({ state: 'healthy', upgrade: { state: 'done' }, observed: aRollout({}) });
    const decision = decide(moving([good, bad], { currentWave: 1 }), now);
    expect(decision.state).toBe('rollingBack');
    expect(decision.reason).toBe('us-east: the error rate was 50 %, the limit is 5 % (1 failed measurement, 0 allowed)');
    expect(decision.effects.map((effect) => effect.key)).toEqual(['dep-1/td-eu/rollback', 'dep-1/td-us/rollback']);
  });

  test("a person's abort waits for that person's retry or roll back", () => {
    const observed = aRollout({ phase: 'Degraded', aborted: true, stablePodHash: 'old' });
    const decision = decide(moving([aTarget({ state: 'progressing', upgrade: { state: 'done' }, observed, abortedBy: 'Ana' })]), now);
    expect(decision.state).toBe('deploying');
    expect(decision.targets[0]?.state).toBe('aborted');
    const retried = decide(
      moving([
        aTarget({
          state: 'aborted',
          upgrade: { state: 'done' },
          observed: aRollout({ phase: 'Progressing', stablePodHash: 'old' }),
          abortedBy: 'Ana',
        }),
      ]),
      now,
    );
    expect(retried.targets[0]?.state).toBe('progressing');
  });

  test('the last healthy wave ends it', () => {
    const decision = decide(
      moving([aTarget({ state: 'progressing', upgrade: { state: 'done' }, observed: aRollout({}) })], {
        plan: aDeployment({}).plan,
        currentWave: 1,
      }),
      now,
    );
    expect(decision.state).toBe('succeeded');
  });
});

describe('while it goes back', () => {
  const goingBack = (target: Partial<TargetSnapshot>): DeploymentSnapshot =>
    moving([aTarget({ state: 'rollingBack', upgrade: { state: 'done' }, reason: 'errors', ...target })], {
      state: 'rollingBack',
      reason: 'errors',
    });

  test('a canary that is alive is aborted before Helm goes back', () => {
    const observed = aRollout({ phase: 'Progressing', stablePodHash: 'old' });
    expect(decide(goingBack({ observed }), now).effects.map((effect) => effect.kind)).toEqual(['rolloutAbort', 'helmRollback']);
  });

  test('an abort whose worker died before it was recorded is recorded, though the canary is aborted already', () => {
    const observed = aRollout({ phase: 'Degraded', stablePodHash: 'old', aborted: true });
    const begun = [{ kind: 'rolloutAbort' as const, key: 'dep-1/td-eu/abort', targetId: 'td-eu' }];
    expect(decide(goingBack({ observed }), now).effects.map((effect) => effect.kind)).toEqual(['helmRollback']);
    expect(decide(goingBack({ observed, begun }), now).effects).toMatchObject([...begun, { kind: 'helmRollback' }]);
  });

  test('it has gone back when the earlier revision is seen healthy, and keeps saying why', () => {
    const decision = decide(goingBack({ rollback: { state: 'done' }, observed: aRollout({ deploymentId: 'dep-0' }) }), now);
    expect(decision).toMatchObject({ state: 'rolledBack', reason: 'errors', effects: [] });
  });

  test('with nothing to go back to it fails and says so', () => {
    const decision = decide(goingBack({ previousRevision: null }), now);
    expect(decision.state).toBe('failed');
    expect(decision.targets[0]?.reason).toMatch(/no version to go back to/);
  });
});
