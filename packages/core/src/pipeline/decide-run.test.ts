import { describe, expect, test } from 'vitest';
import { decideRun as decideAt } from './decide-run.ts';
import { parkAfterMs } from './park.ts';
import type { EngineSegment, EngineStage, RunSnapshot, StageSnapshot } from './snapshot.ts';

const stage = (key: string, kind: StageSnapshot['kind'], more: Partial<StageSnapshot> = {}): StageSnapshot => ({
  key,
  kind,
  state: 'pending',
  reason: null,
  deployment: null,
  answer: null,
  needs: [],
  work: { state: 'none' },
  evidence: { state: 'none' },
  ...more,
});
const startedAt = new Date('2026-03-01T10:00:00Z');
const engine = (key: string, state: EngineStage['state'], outputs = {}): EngineStage => ({
  key,
  state,
  message: '',
  outputs,
  evidence: [],
  startedAt,
});
const segment = (stages: EngineStage[], outcome: EngineSegment['outcome'] = 'running'): EngineSegment => ({
  stages,
  outcome,
  message: '',
  isParked: false,
});

const decideRun = (snapshot: RunSnapshot, minutes = 1) => decideAt(snapshot, new Date(startedAt.getTime() + minutes * 60_000));

const aDigest = `sha256:${'1'.repeat(64)}`;

function aRun(fields: Partial<RunSnapshot>): RunSnapshot {
  return {
    id: 'run-1',
    state: 'running',
    reason: null,
    cancelRequestedBy: null,
    creation: { state: 'done' },
    isParked: false,
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

  test('keeps what a stage has found out before that counts as done; what cannot be kept is told and ends nothing', () => {
    const written = [{ step: 'unit', text: '{"kind":"tests","passed":1,"failed":0}' }];
    const tested = (evidence: StageSnapshot['evidence']) =>
      decideRun(
        aRun({
          stages: [stage('test', 'steps', { evidence })],
          segment: segment([{ ...engine('test', 'succeeded'), evidence: written }], 'succeeded'),
        }),
      );
    const keeping = { state: 'running', effects: [{ kind: 'keepEvidence', stageKey: 'test', written }] };
    expect(tested({ state: 'none' })).toMatchObject(keeping);
    expect(tested({ state: 'intended', trouble: 'the database is away' })).toMatchObject({
      ...keeping,
      stages: [{ state: 'running', reason: 'the database is away' }],
    });
    expect(tested({ state: 'done' })).toMatchObject({ state: 'succeeded', effects: [], stages: [{ state: 'succeeded', reason: null }] });
    expect(tested({ state: 'failed', reason: 'Line 1: no' })).toMatchObject({
      state: 'succeeded',
      effects: [],
      stages: [{ state: 'succeeded', reason: 'Its evidence was not kept. Line 1: no' }],
    });
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
        stages: [{ key: 'publish', state: 'failed' }, { key: 'prod' }],
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

  test('that cannot create its Workflow yet says why', () => {
    const creation = { state: 'intended' as const, trouble: 'The cluster did not answer in time' };
    expect(decideRun(aRun({ state: 'queued', creation })).reason).toBe('The cluster did not answer in time');
  });

  test('whose deployment is refused fails at that stage with the reason, and asks no more', () => {
    const refused = stage('prod', 'deploy', { work: { state: 'failed', reason: 'There is no environment named prod' } });
    expect(decideRun(aRun({ stages: [refused], segment: segment([engine('prod', 'open')]), artifactId: 'a-1' })).effects).toEqual([
      { kind: 'settleGate', stageKey: 'prod', outcome: 'failed', message: 'There is no environment named prod' },
    ]);
  });

  test('whose artifact cannot be recorded fails at its publish stage with the reason', () => {
    const refused = stage('publish', 'publish', { work: { state: 'failed', reason: 'The commit has no folder chart' } });
    const over = segment([engine('publish', 'succeeded', { digest: aDigest })], 'succeeded');
    expect(decideRun(aRun({ stages: [refused], segment: over }))).toMatchObject({
      state: 'failed',
      reason: 'Stage publish failed: The commit has no folder chart',
    });
  });
});

const longMinutes = parkAfterMs / 60_000;

describe('a wait that may last for hours', () => {
  const build = stage('build', 'steps', { state: 'succeeded' });
  const approval = stage('go', 'approval', { state: 'waiting', needs: ['build'] });
  const after = stage('after', 'steps', { needs: ['go'] });
  const stages = [build, approval, after];
  const open = segment([engine('build', 'succeeded'), engine('go', 'open'), engine('after', 'pending')]);
  const answered = { answer: { approved: true, by: 'Ana', comment: '' } };
  const parked = aRun({ stages, segment: { ...open, isParked: true, outcome: 'failed' }, isParked: true, state: 'waiting' });

  test('ends the Workflow once nothing has moved in it for long, and not before', () => {
    expect(decideRun(aRun({ stages, segment: open }), longMinutes - 1).effects).toEqual([]);
    expect(decideRun(aRun({ stages, segment: open }), longMinutes)).toMatchObject({
      state: 'waiting',
      effects: [{ kind: 'parkWorkflow' }],
    });
  });

  test('never ends one in which a step runs, or whose gate was answered', () => {
    const busy = segment([...open.stages, engine('lint', 'running')]);
    expect(decideRun(aRun({ stages, segment: busy }), longMinutes).effects).toEqual([]);
    const settled = [build, { ...approval, ...answered }, after];
    expect(decideRun(aRun({ stages: settled, segment: open }), longMinutes).effects).toMatchObject([{ kind: 'settleGate' }]);
  });

  test('is recorded by the next worker when the one that ended the Workflow has died', () => {
    expect(decideRun({ ...parked, isParked: false }).effects).toEqual([{ kind: 'parkWorkflow' }]);
  });

  test('goes on waiting without a Workflow, also after the engine has forgotten it', () => {
    expect(decideRun({ ...parked, segment: null })).toMatchObject({ state: 'waiting', reason: 'Waits for a release manager', effects: [] });
  });

  test('goes on in a new segment of what is left when the gate is opened', () => {
    const decision = decideRun({ ...parked, stages: [build, { ...approval, ...answered }, after] });
    expect(decision).toMatchObject({ state: 'running', effects: [{ kind: 'startSegment', stageKeys: ['after'] }] });
    expect(decision.stages.map((each) => each.state)).toEqual(['succeeded', 'succeeded', 'pending']);
    // After a crash before the segment was written: the same again.
    const again = decideRun({ ...parked, stages: [build, { ...approval, ...answered, state: 'succeeded' }, after] });
    expect(again.effects).toEqual(decision.effects);
  });

  test('takes gates that still wait along into the new segment', () => {
    const prod = stage('prod', 'deploy', {
      state: 'waiting',
      needs: ['build'],
      deployment: { id: 'd-1', state: 'awaitingApproval', reason: 'needs one approval', isWaiting: true },
    });
    const decision = decideRun({ ...parked, stages: [build, { ...approval, ...answered }, after, prod] });
    expect(decision.effects).toEqual([{ kind: 'startSegment', stageKeys: ['after', 'prod'] }]);
  });

  test('ends the run when the gate was the last stage, is rejected, or the run is cancelled', () => {
    expect(decideRun({ ...parked, stages: [build, { ...approval, ...answered }] })).toMatchObject({ state: 'succeeded', effects: [] });
    const rejected = { answer: { approved: false, by: 'Ana', comment: 'too late' } };
    expect(decideRun({ ...parked, stages: [build, { ...approval, ...rejected }, after] })).toMatchObject({
      state: 'failed',
      reason: 'Stage go failed: Rejected by Ana: too late',
      stages: [{ state: 'succeeded' }, { state: 'failed' }, { state: 'skipped' }],
    });
    expect(decideRun({ ...parked, segment: null, cancelRequestedBy: 'Ben' })).toMatchObject({ state: 'cancelled', effects: [] });
  });

  test('for a deployment that went back fails the run with the reason', () => {
    const prod = stage('prod', 'deploy', {
      state: 'waiting',
      deployment: { id: 'd-1', state: 'rolledBack', reason: 'error rate', isWaiting: false },
    });
    expect(decideRun({ ...parked, stages: [prod] })).toMatchObject({
      state: 'failed',
      reason: 'Stage prod failed: The deployment ended as rolled back: error rate',
    });
  });
});
