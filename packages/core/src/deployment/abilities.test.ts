import { describe, expect, test } from 'vitest';
import { rightsOfRole } from '../rights/index.ts';
import type { RolloutView } from '../rollout/index.ts';
import { deploymentAbilities, runAbilities, targetAbilities } from './abilities.ts';
import { deploymentState, isTerminal, targetState } from './state.ts';

const rollout = (over: Partial<RolloutView> = {}): RolloutView => ({
  uid: 'u',
  resourceVersion: '1',
  generation: 1,
  phase: 'Paused',
  message: '',
  currentPodHash: 'new',
  stablePodHash: 'old',
  revision: 2,
  stepIndex: 1,
  stepCount: 3,
  steps: [],
  pause: { reason: 'CanaryPauseStep', startedAt: '2026-03-01T10:00:00Z' },
  held: false,
  aborted: false,
  promotingFully: false,
  replicas: { desired: 1, total: 1, updated: 1, ready: 1, available: 1 },
  canaryWeight: 20,
  deploymentId: 'd1',
  image: 'app',
  ...over,
});
const open = (abilities: readonly { action: string; allowed: boolean }[]) =>
  abilities.filter((one) => one.allowed).map((one) => one.action);
const { developer, viewer } = rightsOfRole;

describe('a deployment', () => {
  test('is cancelled before it touched anything and rolled back after', () => {
    const answers = Object.fromEntries(
      deploymentState.options.map((state) => [
        state,
        open(deploymentAbilities({ state, requestedAction: null, wayBack: null }, developer)),
      ]),
    );
    expect(answers).toEqual({
      preparing: ['cancel'],
      awaitingApproval: ['cancel'],
      held: ['cancel'],
      deploying: ['rollback'],
      baking: ['rollback'],
      paused: ['continue', 'rollback'],
      succeeded: ['rollback', 'repeat'],
      rollingBack: [],
      rolledBack: [],
      failed: [],
      rejected: [],
      expired: [],
      superseded: [],
      cancelled: [],
    });
  });

  test('that a later one has overtaken is taken again, never rolled back: that would skip what runs', () => {
    expect(open(deploymentAbilities({ state: 'succeeded', requestedAction: null, wayBack: 'overtaken' }, developer))).toEqual(['repeat']);
  });

  test('that went on without a region is rolled back from where it is healthy, unless a later one has overtaken it', () => {
    const ended = { state: 'failed' as const, requestedAction: null, wayBack: 'open' as const };
    expect(open(deploymentAbilities(ended, developer))).toEqual(['rollback']);
    expect(open(deploymentAbilities({ ...ended, wayBack: 'overtaken' }, developer))).toEqual([]);
  });

  test('that nothing good was there before is not offered to go back from: the button says why instead of failing', () => {
    const first = deploymentAbilities({ state: 'succeeded', requestedAction: null, wayBack: 'none' }, developer);
    expect(first.find(({ action }) => action === 'rollback')).toMatchObject({
      allowed: false,
      why: expect.stringContaining('No other version'),
    });
  });

  test('that was already asked to do something takes no second wish', () => {
    for (const state of deploymentState.options.filter((one) => !isTerminal(one)))
      expect(open(deploymentAbilities({ state, requestedAction: 'rollback', wayBack: null }, developer))).toEqual([]);
  });

  test('every closed action says why, every open one says nothing', () => {
    for (const state of deploymentState.options)
      for (const rights of [developer, viewer])
        for (const one of deploymentAbilities({ state, requestedAction: null, wayBack: null }, rights))
          expect(one.why === '').toBe(one.allowed);
  });
});

describe('a canary', () => {
  const at = (over: Partial<RolloutView> = {}, state: 'paused' | 'progressing' = 'paused') =>
    open(targetAbilities({ state, observed: rollout(over), deploymentId: 'd1' }, developer));

  test('at a pause can be promoted, skipped, held or aborted', () => {
    expect(at()).toEqual(['promote', 'promoteFully', 'skip', 'pause', 'abort']);
  });

  test('that moves cannot be promoted past a pause that it does not stand at', () => {
    expect(at({ phase: 'Progressing', pause: null }, 'progressing')).toEqual(['promoteFully', 'skip', 'pause', 'abort']);
  });

  test('held by a person can be resumed', () => {
    expect(at({ held: true })).toEqual(['promoteFully', 'resume', 'abort']);
  });

  test('that was aborted can only be tried again', () => {
    expect(at({ aborted: true })).toEqual(['retry']);
  });

  test('of another deployment, or none at all, takes no action', () => {
    expect(at({ deploymentId: 'd0' })).toEqual([]);
    for (const state of targetState.options)
      expect(open(targetAbilities({ state, observed: null, deploymentId: 'd1' }, developer))).toEqual([]);
  });

  test('that has become stable takes no action', () => {
    expect(at({ phase: 'Healthy', currentPodHash: 'new', stablePodHash: 'new' })).toEqual([]);
  });

  test('shows a viewer every action as closed', () => {
    expect(open(targetAbilities({ state: 'paused', observed: rollout(), deploymentId: 'd1' }, viewer))).toEqual([]);
  });
});

test('a run is cancelled while it moves and retried after it failed', () => {
  expect(open(runAbilities({ state: 'running', isCancelRequested: false }, developer))).toEqual(['cancel']);
  expect(open(runAbilities({ state: 'running', isCancelRequested: true }, developer))).toEqual([]);
  expect(open(runAbilities({ state: 'failed', isCancelRequested: false }, developer))).toEqual(['retry']);
  expect(open(runAbilities({ state: 'succeeded', isCancelRequested: false }, developer))).toEqual([]);
});
