import { describe, expect, test } from 'vitest';
import { decide, freeSentence } from './decide.ts';
import type { CanaryEffect, DeploymentSnapshot, InFlight, TargetSnapshot } from './snapshot.ts';
import { aDeployment, aRollout, aTarget, now } from './testing.ts';

const until = new Date('2026-01-05T08:00:00Z');
const frozen: InFlight = { kind: 'hold', id: 'freeze-1', sentence: 'Frozen by "Inventory"', until };
const canary = { phase: 'Paused', stablePodHash: 'old', stepIndex: 1, canaryWeight: 20 } as const;
const moving = (inFlight: InFlight, target: Partial<TargetSnapshot> = {}): DeploymentSnapshot =>
  aDeployment({
    state: 'deploying',
    inFlight,
    permission: { kind: 'allowed' },
    targets: [aTarget({ state: 'progressing', upgrade: { state: 'done' }, observed: aRollout(canary), ...target })],
  });

describe('a deployment that moves when a hold begins', () => {
  test('has its canary paused where it stands, and says why and until when', () => {
    expect(decide(moving(frozen), now)).toMatchObject({
      state: 'deploying',
      reason: 'Frozen by "Inventory"',
      wakeAt: until,
      effects: [{ kind: 'rolloutHold', key: 'dep-1/td-eu/hold/freeze-1', hold: { id: 'freeze-1' } }],
    });
  });

  test('is not paused twice, nor when a person holds it already', () => {
    const hold = { id: 'freeze-1', sentence: 'Frozen by "Inventory"' };
    expect(decide(moving(frozen, { hold }), now).effects).toEqual([]);
    expect(decide(moving(frozen, { observed: aRollout({ ...canary, held: true }) }), now).effects).toEqual([]);
  });

  test('goes on when the hold is over, unless someone has let it go on before', () => {
    const hold = { id: 'freeze-1', sentence: 'Frozen by "Inventory"' };
    const held = aRollout({ ...canary, held: true });
    expect(decide(moving({ kind: 'go' }, { hold, observed: held }), now).effects).toEqual([
      { kind: 'rolloutRelease', key: 'dep-1/td-eu/release/freeze-1', targetId: 'td-eu', holdId: 'freeze-1' },
    ]);
    expect(decide(moving({ kind: 'go' }, { hold }), now).effects).toEqual([]);
    expect(decide(moving({ kind: 'go' }, { observed: held }), now).effects).toEqual([]);
  });

  test('says of a canary that Flow holds which hold it is, not that a person did', () => {
    const hold = { id: 'freeze-1', sentence: 'Frozen by "Inventory"' };
    const decision = decide(moving(frozen, { hold, observed: aRollout({ ...canary, held: true }) }), now);
    expect(decision.targets).toMatchObject([{ state: 'paused', reason: 'Frozen by "Inventory"' }]);
  });

  test('is not applied by Helm where that has not begun, and is when the hold is over', () => {
    const started = { state: 'applying', upgrade: { state: 'none' }, observed: null } as const;
    expect(decide(moving(frozen, started), now)).toMatchObject({
      state: 'deploying',
      reason: 'Frozen by "Inventory"',
      effects: [],
      targets: [{ state: 'applying', reason: 'Frozen by "Inventory"' }],
    });
    expect(decide(moving({ kind: 'go' }, started), now).effects).toMatchObject([{ kind: 'helmUpgrade' }]);
    // What Helm may have been called for already is looked after to its end.
    expect(decide(moving(frozen, { ...started, upgrade: { state: 'intended' } }), now).effects).toMatchObject([{ kind: 'helmUpgrade' }]);
  });

  test('whose worker died between the act and its record is recorded, so that Flow lets go what Flow has held', () => {
    const hold = { id: 'freeze-1', sentence: 'Frozen by "Inventory"' };
    const pausing: CanaryEffect = { kind: 'rolloutHold', key: 'dep-1/td-eu/hold/freeze-1', targetId: 'td-eu', hold };
    const held = aRollout({ ...canary, held: true });
    expect(decide(moving(frozen, { begun: [pausing], observed: held }), now).effects).toEqual([pausing]);
    expect(decide(moving({ kind: 'go' }, { begun: [pausing], observed: held }), now).effects).toEqual([pausing]);
    const lettingGo: CanaryEffect = { kind: 'rolloutRelease', key: 'dep-1/td-eu/release/freeze-1', targetId: 'td-eu', holdId: 'freeze-1' };
    expect(decide(moving({ kind: 'go' }, { hold, begun: [lettingGo] }), now).effects).toEqual([lettingGo]);
  });

  test('is not paused for a hold that is over when its worker died before the act', () => {
    const hold = { id: 'freeze-1', sentence: 'Frozen by "Inventory"' };
    const pausing: CanaryEffect = { kind: 'rolloutHold', key: 'dep-1/td-eu/hold/freeze-1', targetId: 'td-eu', hold };
    expect(decide(moving({ kind: 'go' }, { begun: [pausing] }), now).effects).toEqual([]);
  });

  test('begins no next wave while it lasts', () => {
    const bakedLongAgo = aDeployment({
      state: 'baking',
      inFlight: frozen,
      permission: { kind: 'allowed' },
      waveFinishedAt: new Date(0),
      targets: [
        aTarget({ state: 'healthy', upgrade: { state: 'done' }, observed: aRollout({}) }),
        aTarget({ id: 'td-us', region: 'us-east', wave: 1 }),
      ],
    });
    expect(decide(bakedLongAgo, now)).toMatchObject({ state: 'baking', reason: 'Frozen by "Inventory"', wakeAt: until, effects: [] });
    expect(decide({ ...bakedLongAgo, inFlight: { kind: 'go' } }, now).state).toBe('deploying');
  });
});

describe('a deployment that had to wait and is free to go', () => {
  const free = (over: Partial<DeploymentSnapshot>): DeploymentSnapshot =>
    aDeployment({ preparation: { state: 'done' }, permission: { kind: 'allowed' }, ...over });

  test('starts by itself where its owner wants that', () => {
    for (const state of ['held', 'awaitingApproval'] as const) expect(decide(free({ state }), now).state).toBe('deploying');
  });

  test('waits for someone to start it where its owner does not, and says so', () => {
    for (const state of ['held', 'awaitingApproval'] as const)
      expect(decide(free({ state, startsItself: false }), now)).toMatchObject({
        state: 'held',
        reason: freeSentence,
        effects: [],
        wakeAt: null,
      });
  });

  test('and did not have to wait at all starts: it was asked for just now', () => {
    expect(decide(free({ state: 'preparing', startsItself: false }), now).state).toBe('deploying');
  });
});

test('a deployment that must go back does, with the reason', () => {
  expect(decide(moving({ kind: 'rollBack', sentence: 'error-rate is 0.4; at most 0.1 is allowed' }), now)).toMatchObject({
    state: 'rollingBack',
    backCause: 'governance',
    reason: 'error-rate is 0.4; at most 0.1 is allowed',
  });
});
