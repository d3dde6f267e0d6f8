import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { FailurePolicy } from './failure-policy.ts';
import type { Progression, WhenUnreachable } from './progression.ts';
import type { ActionProgress, CanaryEffect, DeploymentSnapshot, InFlight, Permission, TargetSnapshot } from './snapshot.ts';
import { deploymentState, isTerminal, targetState } from './state.ts';
import { aDeployment, aRollout, now } from './testing.ts';
import { mayBecome, targetMayBecome } from './transitions.ts';

const progress = fc.constantFrom<ActionProgress>(
  { state: 'none' },
  { state: 'intended' },
  { state: 'done' },
  { state: 'failed', reason: 'refused' },
);

const rollout = fc
  .record({
    phase: fc.constantFrom('Healthy' as const, 'Degraded' as const, 'Progressing' as const, 'Paused' as const),
    currentPodHash: fc.constantFrom('new', ''),
    stablePodHash: fc.constantFrom('new', 'old'),
    deploymentId: fc.constantFrom('dep-1', 'dep-0', null),
    aborted: fc.boolean(),
    held: fc.boolean(),
  })
  .map((fields) => aRollout(fields));

const target = (id: string, wave: number): fc.Arbitrary<TargetSnapshot> =>
  fc.record({
    id: fc.constant(id),
    region: fc.constant(id),
    wave: fc.constant(wave),
    state: fc.constantFrom(...targetState.options),
    reason: fc.constant(null),
    unreachableSince: fc.constantFrom(null, new Date(0), new Date(now.getTime() - 1_000)),
    previousRevision: fc.constantFrom(null, 3),
    observed: fc.option(rollout, { nil: null }),
    analyses: fc.constant([]),
    upgrade: progress,
    rollback: progress,
    takeBack: progress,
    abortedBy: fc.constantFrom(null, 'Ana'),
    hold: fc.constantFrom(null, { id: 'h-1', sentence: 'Frozen' }),
    begun: fc.constantFrom<CanaryEffect[]>(
      [],
      [{ kind: 'rolloutAbort', key: `d-1/${id}/abort`, targetId: id }],
      [{ kind: 'rolloutHold', key: `d-1/${id}/hold/h-1`, targetId: id, hold: { id: 'h-1', sentence: 'Frozen' } }],
      [{ kind: 'rolloutRelease', key: `d-1/${id}/release/h-1`, targetId: id, holdId: 'h-1' }],
    ),
  });

const progression: fc.Arbitrary<Progression> = fc.record({
  onFailure: fc.oneof(
    fc.constantFrom<FailurePolicy>({ kind: 'rollBackAll' }, { kind: 'stop' }),
    fc.record({
      kind: fc.constantFrom('rollBackRegion' as const, 'goOn' as const),
      budget: fc.constantFrom(1, 2),
      beyond: fc.constantFrom('rollBackAll' as const, 'stop' as const),
    }),
  ),
  regionsAtOnce: fc.constantFrom(null, 1, 2),
  pauses: fc.constantFrom('none' as const, 'afterFirstWave' as const, 'afterEachWave' as const),
  whenUnreachable: fc.constantFrom<WhenUnreachable>(
    { kind: 'wait' },
    { kind: 'skip', afterSeconds: 0 },
    { kind: 'skip', afterSeconds: 300 },
  ),
});

const snapshots: fc.Arbitrary<DeploymentSnapshot> = fc
  .record({
    state: fc.constantFrom(...deploymentState.options),
    currentWave: fc.constantFrom(0, 1),
    waveFinishedAt: fc.constantFrom(null, new Date(0), now),
    requestedAction: fc.constantFrom(null, { kind: 'cancel' as const, by: 'Ana' }, { kind: 'rollback' as const, by: 'Ana' }),
    preparation: progress,
    approval: fc.constantFrom('none' as const, 'pending' as const, 'approved' as const, 'rejected' as const, 'expired' as const),
    permission: fc.constantFrom<Permission>(
      { kind: 'allowed' },
      { kind: 'needsApprovals', sentence: 'n', isAsked: false },
      { kind: 'held', sentence: 'h', until: null },
      { kind: 'denied', sentence: 'd' },
    ),
    inFlight: fc.constantFrom<InFlight>(
      { kind: 'go' },
      { kind: 'hold', id: 'h-1', sentence: 'Frozen', until: null },
      { kind: 'rollBack', sentence: 'Frozen' },
    ),
    startsItself: fc.boolean(),
    continuedWave: fc.constantFrom(0, 1),
    acceptedFailures: fc.constantFrom(0, 1, 2),
    progression,
    newerDeploymentId: fc.constantFrom(null, 'dep-2'),
    targets: fc.tuple(target('td-eu', 0), target('td-us', 1)),
  })
  .map(({ progression: chosen, ...fields }) => aDeployment({ ...fields, plan: { ...aDeployment({}).plan, progression: chosen } }))
  // After the last wave there is nothing to bake for.
  .filter((snapshot) => snapshot.state !== 'baking' || snapshot.currentWave === 0);

test('deciding twice on the same snapshot gives the same answer', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(decide(snapshot, now)).toEqual(decide(structuredClone(snapshot), now));
    }),
  );
});

test('a deployment that has ended asks for nothing more', () => {
  fc.assert(
    fc.property(
      snapshots.filter((snapshot) => isTerminal(snapshot.state)),
      (snapshot) => {
        const decision = decide(snapshot, now);
        expect(decision.state).toBe(snapshot.state);
        expect(decision.effects).toEqual([]);
      },
    ),
  );
});

test('a deployment moves along the edges of the table only', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(mayBecome(snapshot.state, decide(snapshot, now).state)).toBe(true);
    }),
  );
});

test('deciding twice gives the same answer', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(decide(snapshot, now)).toEqual(decide(structuredClone(snapshot), now));
    }),
  );
});

test('an effect that is done or has finally failed is not asked for again', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      for (const effect of decide(snapshot, now).effects) {
        if (effect.kind === 'helmUpgrade')
          expect(snapshot.targets.find((each) => each.id === effect.targetId)?.upgrade.state).toMatch(/none|intended/);
        if (effect.kind === 'helmRollback')
          expect(snapshot.targets.find((each) => each.id === effect.targetId)?.rollback.state).toMatch(/none|intended/);
      }
    }),
  );
});

test('nothing is applied without permission', () => {
  fc.assert(
    fc.property(
      snapshots.filter((snapshot) => snapshot.permission.kind !== 'allowed' && !['deploying', 'baking', 'paused'].includes(snapshot.state)),
      (snapshot) => {
        expect(decide(snapshot, now).effects.filter((effect) => effect.kind === 'helmUpgrade')).toEqual([]);
      },
    ),
  );
});

test('and no region begins without it, in whatever state', () => {
  fc.assert(
    fc.property(
      snapshots.filter((snapshot) => snapshot.permission.kind !== 'allowed'),
      (snapshot) => {
        const pending = snapshot.targets.filter((each) => each.state === 'pending').map((each) => each.id);
        const begun = decide(snapshot, now).targets.filter((each) => each.state === 'applying' && pending.includes(each.id));
        expect(begun).toEqual([]);
      },
    ),
  );
});

/** A world in which every effect works: what the controllers and Helm would show next. */
function obey(snapshot: DeploymentSnapshot, badTarget: string | null): { next: DeploymentSnapshot; edges: [string, string, string][] } {
  const decision = decide(snapshot, now);
  const edges: [string, string, string][] = [];
  const targets = snapshot.targets.map((each): TargetSnapshot => {
    const decided = decision.targets.find((candidate) => candidate.id === each.id);
    const state = decided?.state ?? each.state;
    if (decided !== undefined) edges.push([each.id, each.state, decided.state]);
    const isUpgraded = decision.effects.some((effect) => effect.kind === 'helmUpgrade' && effect.targetId === each.id);
    const isBack = decision.effects.some((effect) => effect.kind === 'helmRollback' && effect.targetId === each.id);
    const upgraded: TargetSnapshot = isUpgraded
      ? {
          ...each,
          state,
          upgrade: { state: 'done' },
          observed: each.id === badTarget ? aRollout({ phase: 'Degraded', aborted: true, stablePodHash: 'old' }) : aRollout({}),
        }
      : { ...each, state, reason: decided?.reason ?? each.reason };
    return isBack ? { ...upgraded, rollback: { state: 'done' }, observed: aRollout({ deploymentId: 'dep-0' }) } : upgraded;
  });
  const next: DeploymentSnapshot = {
    ...snapshot,
    state: decision.state,
    reason: decision.reason,
    currentWave: decision.currentWave,
    waveFinishedAt: decision.waveFinishedAt && new Date(0),
    targets,
    preparation: { state: 'done' },
  };
  return { next, edges };
}

test('in a world that obeys, every deployment ends: well when all regions are good, rolled back when one is bad', () => {
  fc.assert(
    fc.property(fc.constantFrom(null, 'td-eu', 'td-us'), (badTarget) => {
      let snapshot = aDeployment({});
      for (let step = 0; step < 20 && !isTerminal(snapshot.state); step += 1) {
        const { next, edges } = obey(snapshot, badTarget);
        for (const [, from, to] of edges) expect(targetMayBecome(targetState.parse(from), targetState.parse(to))).toBe(true);
        snapshot = next;
      }
      expect(snapshot.state).toBe(badTarget === null ? 'succeeded' : 'rolledBack');
      if (badTarget === 'td-eu') expect(snapshot.targets[1]?.state).toBe('skipped');
    }),
  );
});
