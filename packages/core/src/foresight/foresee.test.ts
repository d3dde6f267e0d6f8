import { describe, expect, test } from 'vitest';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import type { FreezeInput } from '../freeze/index.ts';
import { aGuardrail, aPlan } from '../guardrail/testing.ts';
import { aRule, anotherDeployment, someFacts } from '../rule/testing.ts';
import { expectOthers, foresee, foresight } from './index.ts';
import { aWorld, inMinutes } from './testing.ts';

/** Monday in Berlin, from and to so many minutes after 11:00. */
const frozen = (from: number, to: number, over: Partial<FreezeInput> = {}) => {
  const wall = (minutes: number) => new Date(inMinutes(minutes).getTime() + 3_600_000).toISOString().slice(0, 16);
  return aFreeze({ title: 'Inventory', window: aWindow({ start: wall(from), end: wall(to), recurrence: null }), ...over });
};
const us = { region: 'us', cluster: 'c-us', inFlightInRegion: 0, inFlightInCluster: 0, hasRelease: true, lastGoodKnown: true };
const inBoth = someFacts({ targets: [{ ...us, region: 'eu' }, us] });

test('with nothing in its way it starts at once and takes its pauses, its bake time and what the rest usually takes', () => {
  const found = foresee(aWorld({ governance: { facts: inBoth } }));
  expect(foresight.parse(found)).toEqual(found);
  expect(found).toMatchObject({ outcome: 'arrives', startAt: inMinutes(0), approvedAt: null, holds: [], meetings: [] });
  const [first, second] = found.waves;
  expect(first).toMatchObject({ regions: ['eu'], startAt: inMinutes(0), endAt: inMinutes(13), bakedAt: inMinutes(18) });
  expect(first?.parts.map(({ kind, weight }) => [kind, weight])).toEqual([
    ['apply', null],
    ['weight', 20],
    ['pause', 20],
    ['finish', 100],
  ]);
  expect(second).toMatchObject({ regions: ['us'], startAt: inMinutes(18), endAt: inMinutes(31), bakedAt: null });
  expect(found.endAt).toEqual(inMinutes(31));
});

test('where nothing of the service runs yet there are no steps', () => {
  const facts = someFacts({ targets: [{ ...us, region: 'eu', hasRelease: false }, us] });
  expect(foresee(aWorld({ governance: { facts } })).waves.map(({ parts }) => parts.length)).toEqual([1, 4]);
});

describe('before the start', () => {
  test('it waits for people as long as they usually take, and then for what time lifts', () => {
    const rules = [aRule({ effect: { kind: 'requireApprovals', count: 2 }, source: 'true' })];
    const found = foresee(aWorld({ policies: { rules, freezes: [frozen(-60, 45)] } }));
    expect(found).toMatchObject({ approvedAt: inMinutes(30), startAt: inMinutes(45) });
    expect(found.holds).toMatchObject([
      { source: 'rule', fromAt: inMinutes(0), untilAt: inMinutes(30), wave: 0 },
      { source: 'freeze', fromAt: inMinutes(0), untilAt: inMinutes(45), wave: 0 },
    ]);
  });

  test('it waits for the end of those that move, and for those whose turn comes first', () => {
    const facts = someFacts({ others: [anotherDeployment({ since: inMinutes(-20) })] });
    const rules = [aRule({ effect: { kind: 'hold' }, source: 'others.exists(o, o.state == "inFlight" && o.relation == "dependency")' })];
    const world = aWorld({ policies: { rules }, governance: { facts } });
    const others = expectOthers(world.context, () => 50 * 60_000);
    expect(others).toEqual([{ deploymentId: 'd9', startsAt: inMinutes(-20), endsAt: inMinutes(30) }]);
    expect(foresee({ ...world, others })).toMatchObject({ startAt: inMinutes(30), meetings: [] });
    const ahead = [{ deploymentId: 'd8', name: 'Cart 2', limitId: 'r1', limit: 'One at a time' }];
    const queued = { ...world.context, turn: { ahead, circle: [], notBefore: null } };
    const inLine = expectOthers(queued, () => 50 * 60_000);
    expect(inLine[1]).toEqual({ deploymentId: 'd8', startsAt: inMinutes(30), endsAt: inMinutes(80) });
    expect(foresee({ ...world, context: queued, others: inLine }).startAt).toEqual(inMinutes(30));
  });

  test('room under a limit comes with the end of another', () => {
    const facts = someFacts({
      targets: [{ ...us, region: 'eu', inFlightInRegion: 1 }],
      others: [anotherDeployment({ relation: 'none', since: inMinutes(0) })],
    });
    const rules = [aRule({ effect: { kind: 'hold' }, source: 'targets.exists(t, t.inFlightInRegion > 0)' })];
    const world = aWorld({ policies: { rules }, governance: { facts }, plan: aPlan([['eu']]) });
    const others = expectOthers(world.context, () => 20 * 60_000);
    expect(foresee({ ...world, others })).toMatchObject({ startAt: inMinutes(20), meetings: [] });
  });

  test('what takes longer than usual is expected to take a tenth of the usual more', () => {
    const facts = someFacts({ others: [anotherDeployment({ since: inMinutes(-300) })] });
    expect(expectOthers(aWorld({ governance: { facts } }).context, () => 50 * 60_000)[0]?.endsAt).toEqual(inMinutes(5));
  });

  test('what is refused has no start, and neither has what waits for something without a time', () => {
    expect(foresee(aWorld({ policies: { rules: [aRule({ effect: { kind: 'block' } })] } }))).toMatchObject({
      outcome: 'refused',
      startAt: null,
      endAt: null,
      waves: [],
    });
    const found = foresee(aWorld({ policies: { rules: [aRule({ effect: { kind: 'hold' } })] } }));
    expect(found).toMatchObject({ outcome: 'stuck', startAt: null, holds: [{ untilAt: null }] });
  });
});

describe('on the way', () => {
  const over = (inFlight: FreezeInput['inFlight'], from = 5, to = 65) => ({
    policies: { freezes: [frozen(from, to, { inFlight })] },
    governance: { facts: inBoth },
  });

  test('a freeze that holds adds its length, and is told as a meeting and as a hold', () => {
    const found = foresee(aWorld(over('hold')));
    expect(found).toMatchObject({ outcome: 'arrives', startAt: inMinutes(0), endAt: inMinutes(91) });
    expect(found.holds).toEqual([
      { sentence: 'Frozen by "Inventory"', source: null, policyId: null, fromAt: inMinutes(5), untilAt: inMinutes(65), wave: 1 },
    ]);
    expect(found.meetings).toMatchObject([{ kind: 'freeze', inFlight: 'hold', fromAt: inMinutes(5), untilAt: inMinutes(65) }]);
  });

  test('a freeze that lets the wave finish holds the next one; one that lets all finish holds nothing', () => {
    expect(foresee(aWorld(over('finishWave')))).toMatchObject({
      waves: [{ endAt: inMinutes(13) }, { startAt: inMinutes(65) }],
      holds: [{ source: 'freeze', policyId: 'f1', fromAt: inMinutes(18), untilAt: inMinutes(65), wave: 2 }],
    });
    expect(foresee(aWorld(over('finish')))).toMatchObject({ endAt: inMinutes(31), holds: [], meetings: [{ kind: 'freeze' }] });
  });

  test('a freeze that takes back ends it there, also while a wave is observed', () => {
    expect(foresee(aWorld(over('rollBack')))).toMatchObject({ outcome: 'takenBack', endAt: null, waves: [{ endAt: null }] });
    expect(foresee(aWorld(over('rollBack', 15)))).toMatchObject({ outcome: 'takenBack', waves: [{ endAt: inMinutes(13) }] });
  });

  test('a guardrail that it will not keep in time stops it', () => {
    const tooLong = aGuardrail({}, { durationMaxSeconds: { count: 600, consequence: 'hold' } });
    expect(foresee(aWorld({ policies: { guardrails: [tooLong] }, governance: { facts: inBoth } })).outcome).toBe('stuck');
    const taken = aGuardrail({}, { durationMaxSeconds: { count: 600, consequence: 'abort' } });
    expect(foresee(aWorld({ policies: { guardrails: [taken] }, governance: { facts: inBoth } })).outcome).toBe('takenBack');
  });

  test('the rollouts of others in the same regions are met', () => {
    const facts = {
      ...inBoth,
      others: [anotherDeployment({ relation: 'none' }), anotherDeployment({ id: 'd7', relation: 'none', regions: ['ap'] })],
    };
    const world = aWorld({ governance: { facts } });
    const others = expectOthers(world.context, () => 80 * 60_000);
    expect(foresee({ ...world, others }).meetings).toMatchObject([{ kind: 'rollout', deploymentId: 'd9', regions: ['eu'] }]);
  });
});
