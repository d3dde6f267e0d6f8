import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideCatchUp } from './catch-up.ts';
import { decide } from './decide.ts';
import type { FailurePolicy } from './failure-policy.ts';
import { usualProgression } from './progression.ts';
import type { Progression, WhenUnreachable } from './progression.ts';
import type { Decision, DeploymentSnapshot, TargetSnapshot } from './snapshot.ts';
import { isTerminal } from './state.ts';
import { aDeployment, aRollout, aTarget } from './testing.ts';
import { mayBecome, targetMayBecome } from './transitions.ts';

/** What a cluster does with the new version: how long it is away and how long the canary takes, in rounds, and what comes of it. */
interface Fate {
  /** Away from the beginning, and known to be, for so long. */
  downRounds: number;
  outageRounds: number;
  slowRounds: number;
  outcome: 'healthy' | 'degraded' | 'refused' | 'degradesLater';
}

interface Scene {
  waves: Fate[][];
  progression: Progression;
  /** What the person says at each stop. */
  answers: readonly ('continue' | 'rollback')[];
}

const fate: fc.Arbitrary<Fate> = fc.record({
  downRounds: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) }),
  outageRounds: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) }),
  slowRounds: fc.integer({ min: 0, max: 4 }),
  outcome: fc.oneof(
    { weight: 6, arbitrary: fc.constant('healthy' as const) },
    { weight: 1, arbitrary: fc.constantFrom('degraded' as const, 'refused' as const, 'degradesLater' as const) },
  ),
});

const policy: fc.Arbitrary<FailurePolicy> = fc.oneof(
  fc.constantFrom<FailurePolicy>({ kind: 'rollBackAll' }, { kind: 'stop' }),
  fc.record({
    kind: fc.constantFrom('rollBackRegion' as const, 'goOn' as const),
    budget: fc.integer({ min: 1, max: 3 }),
    beyond: fc.constantFrom('rollBackAll' as const, 'stop' as const),
  }),
);

const scenes: fc.Arbitrary<Scene> = fc.record({
  waves: fc.array(fc.array(fate, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  progression: fc.record({
    onFailure: policy,
    regionsAtOnce: fc.constantFrom(null, 1, 2, 3),
    pauses: fc.constantFrom('none' as const, 'afterFirstWave' as const, 'afterEachWave' as const),
    whenUnreachable: fc.constantFrom<WhenUnreachable>(
      { kind: 'wait' },
      { kind: 'skip', afterSeconds: 0 },
      { kind: 'skip', afterSeconds: 300 },
    ),
  }),
  answers: fc.array(fc.constantFrom('continue' as const, 'continue' as const, 'rollback' as const), { minLength: 1, maxLength: 6 }),
});

const roundMs = 60_000;
const lastGood = 7;

/** A world of clusters that does what is asked of it, as far as the fate of each lets it, and checks at each round what must hold. */
class World {
  snapshot: DeploymentSnapshot;
  /** Helm revision that runs in each target, by its number there. */
  readonly running = new Map<string, number>();
  readonly #fates = new Map<string, Fate>();
  readonly #appliedAt = new Map<string, number>();
  readonly #scene: Scene;
  #round = 0;
  #stops = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    const targets = scene.waves.flatMap((fates, wave) =>
      fates.map((one, index): TargetSnapshot => {
        const id = `td-${wave}-${index}`;
        this.#fates.set(id, one);
        this.running.set(id, lastGood);
        return aTarget({ id, region: `region-${wave}-${index}`, wave, previousRevision: lastGood });
      }),
    );
    const { plan } = aDeployment({});
    const waves = scene.waves.map((fates, wave) => ({
      targets: fates.map((_, index) => ({ targetId: `t-${wave}-${index}`, region: '', clusterId: '', namespace: '', releaseName: '' })),
    }));
    this.snapshot = aDeployment({ preparation: { state: 'done' }, targets, plan: { ...plan, waves, progression: scene.progression } });
  }

  run(): void {
    while (!isTerminal(this.snapshot.state)) {
      this.#round += 1;
      expect(this.#round, `it comes to an end; it is ${this.snapshot.state}: ${this.snapshot.reason}`).toBeLessThan(600);
      const now = new Date(this.#round * roundMs);
      this.snapshot = {
        ...this.snapshot,
        targets: this.snapshot.targets.map((target) => ({ ...target, unreachableSince: this.#downSince(target.id) })),
      };
      const decision = decide(this.snapshot, now);
      expect(decide(this.snapshot, now)).toEqual(decision);
      this.#check(decision);
      const { wakeAt: _wakeAt, effects: _effects, targets: _targets, ...fields } = decision;
      this.snapshot = { ...this.snapshot, ...fields, targets: this.snapshot.targets.map((target) => this.#after(target, decision)) };
      if (this.snapshot.state === 'paused') this.#answer();
    }
  }

  #check({ state, targets, effects }: Decision): void {
    const { progression, waves } = this.snapshot.plan;
    expect(mayBecome(this.snapshot.state, state)).toBe(true);
    const after = new Map(targets.map((target) => [target.id, target]));
    const stateAfter = ({ id, state: before }: TargetSnapshot): TargetSnapshot['state'] => after.get(id)?.state ?? before;
    for (const target of this.snapshot.targets) expect(targetMayBecome(target.state, stateAfter(target))).toBe(true);
    // Wave order: a region begins when every region of the waves before it is dealt with.
    const begun = this.snapshot.targets.filter((target) => target.state === 'pending' && stateAfter(target) === 'applying');
    for (const one of begun) {
      const earlier = this.snapshot.targets.filter((target) => target.wave < one.wave).map(stateAfter);
      expect(earlier.every((each) => ['healthy', 'failed', 'rolledBack', 'skipped'].includes(each))).toBe(true);
    }
    this.#checkSkips({ state, targets, stateAfter });
    // Parallelism: of each wave no more move than may.
    for (const wave of waves.keys()) {
      const moving = this.snapshot.targets.filter(
        (target) => target.wave === wave && ['applying', 'progressing', 'paused', 'aborted'].includes(stateAfter(target)),
      );
      expect(moving.length).toBeLessThanOrEqual(progression.regionsAtOnce ?? Infinity);
    }
    // One version in progress in one target: what goes back is not applied, and what was applied is not applied again.
    const upgraded = effects.flatMap((effect) => (effect.kind === 'helmUpgrade' ? [effect.targetId] : []));
    const takenBack = effects.flatMap((effect) => (effect.kind === 'helmRollback' ? [effect.targetId] : []));
    expect(new Set(upgraded).size).toBe(upgraded.length);
    for (const id of upgraded) {
      expect(takenBack).not.toContain(id);
      expect(this.running.get(id)).toBe(lastGood);
      expect(this.snapshot.targets.find((target) => target.id === id)?.rollback.state).toBe('none');
    }
  }

  #checkSkips({
    state,
    targets,
    stateAfter,
  }: Pick<Decision, 'state' | 'targets'> & { stateAfter: (target: TargetSnapshot) => TargetSnapshot['state'] }): void {
    // Nobody is skipped but where the plan says so, the cluster is away for long enough, and another region of the first wave is there.
    const goesOn = ['deploying', 'baking', 'paused'].includes(state);
    const skipped = this.snapshot.targets.filter((target) => target.state === 'pending' && stateAfter(target) === 'skipped');
    for (const one of goesOn ? skipped : []) {
      const { whenUnreachable } = this.snapshot.plan.progression;
      const awaySeconds = (this.#round * roundMs - (one.unreachableSince?.getTime() ?? Infinity)) / 1_000;
      expect(whenUnreachable.kind === 'skip' && awaySeconds >= whenUnreachable.afterSeconds).toBe(true);
      const firstWave = this.snapshot.targets.filter(({ wave }) => wave === 0).map(stateAfter);
      expect(firstWave.some((each) => each !== 'skipped')).toBe(true);
      expect(targets.find(({ id }) => id === one.id)?.reason).toContain(one.region);
    }
  }

  /** The target as the cluster shows it after the effects of the decision. */
  #after(target: TargetSnapshot, { targets, effects }: Decision): TargetSnapshot {
    const decided = targets.find((one) => one.id === target.id);
    let next: TargetSnapshot = { ...target, ...decided };
    for (const effect of effects) {
      if (!('targetId' in effect) || effect.targetId !== target.id) continue;
      if (effect.kind === 'helmUpgrade') next = this.#upgrade(next);
      if (effect.kind === 'rolloutAbort') next = { ...next, takeBack: { state: 'done' } };
      if (effect.kind === 'helmRollback') {
        this.running.set(target.id, effect.toRevision);
        next = { ...next, rollback: { state: 'done' }, observed: aRollout({ deploymentId: 'dep-0' }) };
      }
    }
    return next.upgrade.state === 'done' && next.rollback.state === 'none' ? { ...next, observed: this.#shown(next) } : next;
  }

  #upgrade(target: TargetSnapshot): TargetSnapshot {
    const { outcome, outageRounds } = this.#fateOf(target.id);
    if (outcome === 'refused') return { ...target, upgrade: { state: 'failed', reason: `${target.region}: refused` } };
    const triedAt = this.#appliedAt.get(target.id) ?? this.#round;
    this.#appliedAt.set(target.id, triedAt);
    if (this.#round < triedAt + outageRounds || this.#downSince(target.id) !== null)
      return { ...target, upgrade: { state: 'intended', trouble: 'it does not answer' } };
    this.#appliedAt.set(target.id, this.#round);
    this.running.set(target.id, lastGood + 1);
    return { ...target, upgrade: { state: 'done' } };
  }

  #shown({ id, takeBack }: TargetSnapshot): TargetSnapshot['observed'] {
    const { outcome, slowRounds } = this.#fateOf(id);
    const age = this.#round - (this.#appliedAt.get(id) ?? this.#round);
    if (age < slowRounds) return aRollout({ phase: 'Progressing', stablePodHash: 'old' });
    if (outcome === 'degraded') return aRollout({ phase: 'Degraded', stablePodHash: 'old', aborted: takeBack.state === 'done' });
    if (outcome === 'degradesLater' && age > slowRounds + 1) return aRollout({ phase: 'Degraded' });
    return aRollout({});
  }

  #downSince(id: string): Date | null {
    return this.#round < this.#fateOf(id).downRounds ? new Date(0) : null;
  }

  #fateOf(id: string): Fate {
    const found = this.#fates.get(id);
    if (found === undefined) throw new Error(`There is no target ${id}`);
    return found;
  }

  #answer(): void {
    const answer = this.#scene.answers[this.#stops % this.#scene.answers.length];
    this.#stops += 1;
    if (answer === 'rollback') {
      this.snapshot = { ...this.snapshot, requestedAction: { kind: 'rollback', by: 'Ana' } };
      return;
    }
    const failedCount = this.snapshot.targets.filter(({ state }) => ['failed', 'rollingBack', 'rolledBack'].includes(state)).length;
    this.snapshot = { ...this.snapshot, continuedWave: this.snapshot.currentWave + 1, acceptedFailures: failedCount };
  }
}

/** It is healthy wherever it could be reached; what is behind is named and can be caught up. */
function checkSuccess(snapshot: DeploymentSnapshot): void {
  const states = snapshot.targets.map(({ state }) => state);
  expect(states).toContain('healthy');
  expect(states.every((state) => state === 'healthy' || state === 'skipped')).toBe(true);
  // What is behind is named, and gets what the others got as soon as it is back.
  const behind = snapshot.targets.filter(({ state }) => state === 'skipped');
  for (const { region } of behind) expect(snapshot.reason).toContain(region);
  if (behind.length === 0) expect(snapshot.reason).toBeNull();
  const facts = { deployment: snapshot.state, isPlaceOpen: true, isThere: false, isOtherOpen: false, isOvertaken: false };
  expect(decideCatchUp({ ...facts, isReachable: false }).kind).toBe('wait');
  expect(decideCatchUp({ ...facts, isReachable: true }).kind).toBe('start');
}

/** What must be true of a deployment that has ended, whatever happened to it. */
function checkEnd({ snapshot, running }: World): void {
  for (const { id, state, reason, upgrade } of snapshot.targets) {
    // Nothing is left open, and nothing is left out in silence.
    expect(['healthy', 'rolledBack', 'failed', 'skipped']).toContain(state);
    if (state === 'skipped') expect(reason).not.toBeNull();
    if (state === 'rolledBack' || state === 'skipped') expect(running.get(id)).toBe(lastGood);
    if (state === 'healthy') expect(running.get(id)).toBe(lastGood + 1);
    if (state === 'failed') expect(reason === null && upgrade.state !== 'failed').toBe(false);
  }
  const states = snapshot.targets.map(({ state }) => state);
  if (snapshot.state === 'succeeded') checkSuccess(snapshot);
  if (snapshot.state === 'rolledBack') expect(states.every((state) => state === 'rolledBack' || state === 'skipped')).toBe(true);
  if (snapshot.state === 'failed') expect(snapshot.reason).not.toBeNull();
}

test(
  'over a thousand deployments with outages, slow clusters and failing canaries no promise to a region is broken',
  { timeout: 180_000 },
  () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(scenes, (scene) => {
        const world = new World(scene);
        world.run();
        checkEnd(world);
        const isBehind = world.snapshot.state === 'succeeded' && world.snapshot.reason !== null;
        const end = isBehind ? 'behind' : world.snapshot.state;
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }),
      { numRuns: 1_000, seed: 20_261 },
    );
    // Each end was come to often enough to say something.
    for (const state of ['succeeded', 'behind', 'rolledBack', 'failed']) expect(ends.get(state)).toBeGreaterThan(50);
  },
);

const fine: Fate = { downRounds: 0, outageRounds: 0, slowRounds: 1, outcome: 'healthy' };

test('any single failure leads to the state that the policy names', () => {
  const ends = {
    rollBackAll: { deployment: 'rolledBack', failed: 'rolledBack', others: ['rolledBack', 'skipped'] },
    stop: { deployment: 'rolledBack', failed: 'rolledBack', others: ['rolledBack', 'skipped'] },
    rollBackRegion: { deployment: 'failed', failed: 'rolledBack', others: ['healthy'] },
    goOn: { deployment: 'failed', failed: 'failed', others: ['healthy'] },
  } as const;
  const within = { budget: 1, beyond: 'stop' } as const;
  const policies = fc.constantFrom<FailurePolicy>(
    { kind: 'rollBackAll' },
    { kind: 'stop' },
    { kind: 'rollBackRegion', ...within },
    { kind: 'goOn', ...within },
  );
  fc.assert(
    fc.property(
      policies,
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom('degraded' as const, 'degradesLater' as const),
      (onFailure, bad, outcome) => {
        const waves = [0, 1, 2].map((wave) => [0, 1].map((index) => (wave * 2 + index === bad ? { ...fine, outcome } : fine)));
        // The person who is asked after a stop rolls back.
        const world = new World({ waves, progression: { ...usualProgression, onFailure }, answers: ['rollback'] });
        world.run();
        const isSeen = outcome === 'degraded' || bad < 4;
        if (!isSeen) return;
        const { deployment, failed, others } = ends[onFailure.kind];
        const [region, ...rest] = world.snapshot.targets.toSorted((left) => (left.id === `td-${Math.floor(bad / 2)}-${bad % 2}` ? -1 : 1));
        expect([world.snapshot.state, region?.state]).toEqual([deployment, failed]);
        expect(rest.every(({ state }) => others.some((one) => one === state))).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
