import { describe, expect, test } from 'vitest';
import { judgeWayBack, whileUnreachable } from './light.ts';
import type { WayBackFacts, WayBackVersion } from './light.ts';
import { amountText, roomNeeded, shortageOf } from './room.ts';

const facts = (previous: Partial<WayBackVersion> | null, isInQuarantine = false): WayBackFacts => ({
  running: '1.5.0',
  previous:
    previous === null
      ? null
      : { version: '1.4.0', manifest: { state: 'renders' }, keptRevision: 7, room: { state: 'unlimited' }, ...previous },
  isInQuarantine,
});

describe('the light of the way back', () => {
  test('is on when the version is there, renders and has room', () => {
    expect(judgeWayBack(facts({}))).toEqual({
      light: 'works',
      sentence: '1.4.0 was healthy here before, its chart renders, and no quota limits it',
    });
    expect(judgeWayBack(facts({ room: { state: 'fits' } })).sentence).toContain('the quota has room for it');
  });

  test('is on without a revision in the cluster: a rollback prepares the version anew', () => {
    expect(judgeWayBack(facts({ keptRevision: null })).light).toBe('works');
  });

  test('is off where nothing else was healthy, or all that was is in quarantine', () => {
    expect(judgeWayBack(facts(null))).toEqual({
      light: 'none',
      sentence: 'No other version was healthy here before 1.5.0: there is nothing to go back to',
    });
    expect(judgeWayBack(facts(null, true))).toEqual({
      light: 'none',
      sentence: 'Every other version that was healthy here before 1.5.0 is in quarantine',
    });
  });

  test('is off when it cannot be prepared any more, and in doubt while the cluster still keeps its revision', () => {
    const manifest = { state: 'broken', why: 'The commit has no folder chart' } as const;
    expect(judgeWayBack(facts({ manifest, keptRevision: null }))).toEqual({
      light: 'none',
      sentence: '1.4.0 cannot be prepared any more: The commit has no folder chart',
    });
    expect(judgeWayBack(facts({ manifest }))).toEqual({
      light: 'doubtful',
      sentence: '1.4.0 cannot be prepared any more, only Helm revision 7 still holds it: The commit has no folder chart',
    });
  });

  test('is in doubt where a quota leaves too little, and says of what', () => {
    const shortage = { quota: 'team', resource: 'requests.cpu', left: 100, needed: 250 };
    expect(judgeWayBack(facts({ room: { state: 'short', shortage } }))).toEqual({
      light: 'doubtful',
      sentence: 'The quota team leaves 100m of requests.cpu, and going back to 1.4.0 needs 250m',
    });
  });

  test('tells all that could not be seen', () => {
    const notKnown = { state: 'notKnown', why: 'eu-1 cannot be reached' } as const;
    expect(judgeWayBack(facts({ manifest: notKnown, room: notKnown }))).toEqual({
      light: 'doubtful',
      sentence:
        'Whether 1.4.0 can still be prepared is not known: eu-1 cannot be reached. Whether there is room for 1.4.0 is not known: eu-1 cannot be reached',
    });
  });
});

test('while the cluster cannot be reached nothing works, and what is off stays off', () => {
  expect(whileUnreachable(judgeWayBack(facts({})), 'eu-1')).toEqual({
    light: 'doubtful',
    sentence: 'eu-1 cannot be reached at the moment. 1.4.0 was healthy here before, its chart renders, and no quota limits it',
  });
  expect(whileUnreachable(judgeWayBack(facts(null)), 'eu-1')).toEqual(judgeWayBack(facts(null)));
});

describe('the room that a way back needs', () => {
  const needs = (steady: number, surge: number) => ({
    steady: { 'requests.cpu': steady, pods: 4 },
    surge: { 'requests.cpu': surge, pods: 1 },
  });

  test('is its surge, and what it needs more than what runs', () => {
    expect(roomNeeded(needs(400, 100), needs(400, 100))).toEqual({ 'requests.cpu': 100, pods: 1 });
    expect(roomNeeded(needs(400, 100), needs(200, 50))).toEqual({ 'requests.cpu': 300, pods: 1 });
    expect(roomNeeded(needs(200, 50), needs(400, 100))).toEqual({ 'requests.cpu': 50, pods: 1 });
    expect(roomNeeded(needs(400, 100), null)).toEqual({ 'requests.cpu': 100, pods: 1 });
  });

  test('is short at the first quota that leaves less, by either name of the resource', () => {
    const needed = { 'requests.cpu': 250, pods: 1 };
    expect(shortageOf(needed, [])).toBeNull();
    expect(shortageOf(needed, [{ name: 'a', left: { cpu: 250, 'count/pods': 1, configmaps: 0 } }])).toBeNull();
    expect(shortageOf(needed, [{ name: 'a', left: { cpu: 249 } }])).toEqual({ quota: 'a', resource: 'cpu', left: 249, needed: 250 });
    expect(shortageOf(needed, [{ name: 'a', left: { pods: -2 } }])).toEqual({ quota: 'a', resource: 'pods', left: 0, needed: 1 });
  });

  test.each([
    ['requests.cpu', 250, '250m'],
    ['limits.cpu', 2_000, '2'],
    ['requests.memory', 64 * 1_024 ** 2, '64Mi'],
    ['memory', 1_536 * 1_024 ** 2, '1.5Gi'],
    ['memory', 0, '0'],
    ['pods', 3, '3'],
  ])('of %s is told as manifests write it', (resource, value, text) => {
    expect(amountText(resource, value)).toBe(text);
  });
});
