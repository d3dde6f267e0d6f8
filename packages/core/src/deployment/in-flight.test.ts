import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { DeploymentSnapshot, InFlight, TargetSnapshot } from './snapshot.ts';
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

test('a deployment that must go back does, with the reason', () => {
  expect(decide(moving({ kind: 'rollBack', sentence: 'error-rate is 0.4; at most 0.1 is allowed' }), now)).toMatchObject({
    state: 'rollingBack',
    reason: 'error-rate is 0.4; at most 0.1 is allowed',
  });
});
