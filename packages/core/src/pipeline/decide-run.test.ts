import { describe, expect, test } from 'vitest';
import { decideRun } from './decide-run.ts';
import type { EngineSegment, EngineStage, RunSnapshot, StageSnapshot } from './snapshot.ts';

const stage = (key: string, kind: StageSnapshot['kind'], more: Partial<StageSnapshot> = {}): StageSnapshot => ({
  key,
  kind,
  state: 'pending',
  reason: null,
  deployment: null,
  answer: null,
  ...more,
});
const engine = (key: string, state: EngineStage['state'], outputs = {}): EngineStage => ({ key, state, message: '', outputs });
const segment = (stages: EngineStage[], outcome: EngineSegment['outcome'] = 'running'): EngineSegment => ({ stages, outcome, message: '' });

const aDigest = `sha256:${'1'.repeat(64)}`;

function aRun(fields: Partial<RunSnapshot>): RunSnapshot {
  return {
    id: 'run-1',
    state: 'running',
    reason: null,
    cancelRequestedBy: null,
    creation: { state: 'done' },
    segment: null,
    stages: [],
    artifactId: null,
    ...fields,
  };
}

describe('a run', () => {
  test('creates its Workflow first', () => {
    expect(decideRun(aRun({ state: 'queued', creation: { state: 'none' } })).effects).toEqual([{ kind: 'createWorkflow' }]);
  });

  test('that cannot be created is errored, not failed', () => {
    expect(decideRun(aRun({ state: 'queued', creation: { state: 'failed', reason: 'the cluster refused it' } }))).toMatchObject({
      state: 'errored',
      reason: 'the cluster refused it',
    });
  });

  test('records its artifact before its publish stage counts as done', () => {
    const snapshot = aRun({
      stages: [stage('publish', 'publish')],
      segment: segment([engine('publish', 'succeeded', { digest: aDigest })], 'succeeded'),
    });
    expect(decideRun(snapshot)).toMatchObject({ state: 'running', effects: [{ kind: 'recordArtifact', outputs: { digest: aDigest } }] });
    expect(decideRun({ ...snapshot, artifactId: 'a-1' })).toMatchObject({ state: 'succeeded', effects: [] });
  });

  test.each([{}, { digest: '' }, { digest: 'latest' }, { digest: 'sha256:1' }])(
    'that published %j fails, says so, and ends what was to come after',
    (outputs) => {
      const stages = [stage('publish', 'publish'), stage('prod', 'deploy')];
      const engineStages = [engine('publish', 'succeeded', outputs), engine('prod', 'open')];
      const going = decideRun(aRun({ stages, segment: segment(engineStages) }));
      expect(going).toMatchObject({
        state: 'running',
        effects: [{ kind: 'terminateWorkflow' }],
        stages: [{ key: 'publish', state: 'failed' }],
      });
      expect(decideRun(aRun({ stages, segment: segment(engineStages, 'failed') }))).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('wrote no image digest'),
        stages: [
          { key: 'publish', state: 'failed' },
          { key: 'prod', state: 'skipped' },
        ],
        effects: [],
      });
    },
  );

  test('asks for a deployment once, waits for it, and settles the gate with how it ended', () => {
    const open = segment([engine('prod', 'open')]);
    expect(decideRun(aRun({ stages: [stage('prod', 'deploy')], segment: open, artifactId: 'a-1' })).effects).toEqual([
      { kind: 'askDeployment', stageKey: 'prod', artifactId: 'a-1' },
    ]);
    const awaiting = { id: 'd-1', state: 'awaitingApproval' as const, reason: 'needs one approval', isWaiting: true };
    expect(
      decideRun(aRun({ stages: [stage('prod', 'deploy', { deployment: awaiting })], segment: open, artifactId: 'a-1' })),
    ).toMatchObject({ state: 'waiting', reason: 'needs one approval', effects: [] });
    const back = { id: 'd-1', state: 'rolledBack' as const, reason: 'error rate', isWaiting: false };
    expect(
      decideRun(aRun({ stages: [stage('prod', 'deploy', { deployment: back })], segment: open, artifactId: 'a-1' })).effects,
    ).toMatchObject([{ kind: 'settleGate', outcome: 'failed', message: 'The deployment ended as rolled back: error rate' }]);
  });

  test('waits for a person at an approval stage and says who answered', () => {
    const open = segment([engine('go', 'open')]);
    expect(decideRun(aRun({ stages: [stage('go', 'approval')], segment: open })).state).toBe('waiting');
    const answered = stage('go', 'approval', { answer: { approved: true, by: 'Ana', comment: '' } });
    expect(decideRun(aRun({ stages: [answered], segment: open })).effects).toEqual([
      { kind: 'settleGate', stageKey: 'go', outcome: 'succeeded', message: 'Approved by Ana' },
    ]);
  });

  test('that failed names the stage, and what came after is skipped', () => {
    const decision = decideRun(
      aRun({
        stages: [stage('test', 'steps'), stage('publish', 'publish')],
        segment: segment([{ ...engine('test', 'failed'), message: 'exit code 1' }, engine('publish', 'pending')], 'failed'),
      }),
    );
    expect(decision).toMatchObject({ state: 'failed', reason: 'Stage test failed: exit code 1' });
    expect(decision.stages.map((each) => each.state)).toEqual(['failed', 'skipped']);
  });

  test('keeps what an earlier segment finished', () => {
    const decision = decideRun(
      aRun({ stages: [stage('test', 'steps', { state: 'succeeded' }), stage('go', 'approval')], segment: segment([engine('go', 'open')]) }),
    );
    expect(decision.stages[0]?.state).toBe('succeeded');
  });

  test('that is cancelled ends its Workflow before it counts as cancelled', () => {
    const waiting = stage('prod', 'deploy', { deployment: { id: 'd-1', state: 'awaitingApproval', reason: null, isWaiting: true } });
    const snapshot = aRun({ cancelRequestedBy: 'Ana', stages: [waiting], segment: segment([engine('prod', 'open')]) });
    expect(decideRun(snapshot)).toMatchObject({
      state: 'running',
      effects: [{ kind: 'cancelDeployment', deploymentId: 'd-1' }, { kind: 'terminateWorkflow' }],
    });
    expect(decideRun({ ...snapshot, segment: segment([], 'failed') })).toMatchObject({ state: 'cancelled', reason: 'Cancelled by Ana' });
  });

  test('that is over asks for nothing more', () => {
    expect(decideRun(aRun({ state: 'succeeded' }))).toEqual({ state: 'succeeded', reason: null, stages: [], effects: [] });
  });
});
