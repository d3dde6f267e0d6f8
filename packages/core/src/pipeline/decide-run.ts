import type { ActionProgress } from '../deployment/index.ts';
import { digest } from '../identity/index.ts';
import { gateProgress } from './gate.ts';
import { decideParked, isTimeToPark } from './park.ts';
import type { EngineSegment, EngineStage, RunDecision, RunEffect, RunSnapshot, StageDecision, StageSnapshot } from './snapshot.ts';
import { closeStage, failedSentence, going, skipRest } from './stage-decisions.ts';
import { isRunOver } from './state.ts';

/**
 * The next state of a run, and what to do in the world for it: pure, level-triggered, safe to call again at any time.
 * The engine runs the steps; deploy and approval stages are gates in its Workflow that Flow settles.
 */
export function decideRun(snapshot: RunSnapshot, now: Date): RunDecision {
  if (isRunOver(snapshot.state)) return unchanged(snapshot);
  if (snapshot.cancelRequestedBy !== null) return decideCancel(snapshot, snapshot.cancelRequestedBy);
  if (snapshot.isParked) return decideParked(snapshot);
  if (snapshot.creation.state === 'failed') return end(snapshot, 'errored', snapshot.creation.reason);
  if (snapshot.creation.state !== 'done')
    return { ...unchanged(snapshot), reason: creatingSentence(snapshot.creation), effects: [{ kind: 'createWorkflow' }] };
  if (snapshot.segment === null)
    return { ...unchanged(snapshot), state: 'running', reason: 'Waiting for the engine to start the Workflow' };
  // A worker that died between the end of the Workflow and its record of it.
  if (snapshot.segment.isParked) return { ...unchanged(snapshot), effects: [{ kind: 'parkWorkflow' }] };
  return decideStages(snapshot, snapshot.segment, now);
}

function creatingSentence(creation: RunSnapshot['creation']): string {
  return (creation.state === 'intended' ? creation.trouble : undefined) ?? 'The Workflow is being created';
}

function unchanged(snapshot: RunSnapshot): RunDecision {
  return { state: snapshot.state, reason: snapshot.reason, stages: [], effects: [] };
}

function decideStages(snapshot: RunSnapshot, segment: EngineSegment, now: Date): RunDecision {
  const steps = snapshot.stages.map((stage) => {
    const engine = segment.stages.find((candidate) => candidate.key === stage.key);
    // Stages that an earlier segment finished are not part of this Workflow.
    return engine === undefined ? { decision: keep(stage), effects: [] } : decideStage(snapshot, stage, engine);
  });
  const stages = steps.map((step) => step.decision);
  const unpublished = findUnpublished(snapshot, segment.stages);
  if (unpublished !== undefined) return failUnpublished(stages, unpublished, segment.outcome);
  const effects = steps.flatMap((step) => step.effects);
  const { outcome } = segment;
  if (effects.length === 0 && isTimeToPark(segment, now)) return { ...going(stages), stages, effects: [{ kind: 'parkWorkflow' }] };
  if (outcome === 'running' || effects.length > 0) return { ...going(stages), stages, effects };
  if (outcome === 'succeeded') return { state: 'succeeded', reason: null, stages, effects };
  return endBadly(stages, { outcome, message: segment.message });
}

function endBadly(ended: readonly StageDecision[], engine: { outcome: 'failed' | 'errored'; message: string }): RunDecision {
  const failed = ended.find((stage) => stage.state === 'failed');
  const stages = skipRest(ended);
  if (engine.outcome === 'errored')
    return {
      state: 'errored',
      reason: engine.message === '' ? 'The engine could not run the Workflow' : engine.message,
      stages,
      effects: [],
    };
  return { state: 'failed', reason: failed === undefined ? engine.message : failedSentence(failed), stages, effects: [] };
}

/** A publish step that ended well and published nothing: trying again mends nothing, and nothing after it has anything to deploy. */
function findUnpublished(snapshot: RunSnapshot, engineStages: readonly EngineStage[]): StageDecision | undefined {
  for (const stage of snapshot.stages) {
    const engine = engineStages.find((candidate) => candidate.key === stage.key);
    const hasEnded = stage.kind === 'publish' && engine?.state === 'succeeded' && snapshot.artifactId === null;
    const reason = hasEnded ? whyUnpublished(stage, engine.outputs) : undefined;
    if (reason !== undefined) return { key: stage.key, state: 'failed', reason };
  }
  return undefined;
}

function whyUnpublished(stage: StageSnapshot, outputs: EngineStage['outputs']): string | undefined {
  if (!digest.safeParse((outputs['digest'] ?? '').trim()).success)
    return 'it wrote no image digest (sha256: and 64 hexadecimal digits) to $FLOW_DIGEST_FILE';
  return stage.work.state === 'failed' ? stage.work.reason : undefined;
}

function failUnpublished(decided: readonly StageDecision[], failed: StageDecision, outcome: EngineSegment['outcome']): RunDecision {
  const stages = decided.map((stage) => (stage.key === failed.key ? failed : stage));
  const reason = failedSentence(failed);
  // The run ends once the engine has ended: until then nothing else of it may move.
  if (outcome === 'running') return { state: 'running', reason, stages, effects: [{ kind: 'terminateWorkflow' }] };
  return { state: 'failed', reason, stages: skipRest(stages), effects: [] };
}

interface StageStep {
  decision: StageDecision;
  effects: readonly RunEffect[];
}

function keep(stage: StageSnapshot): StageDecision {
  return { key: stage.key, state: stage.state, reason: stage.reason };
}

function decideStage(snapshot: RunSnapshot, stage: StageSnapshot, engine: EngineStage): StageStep {
  const is = (state: StageDecision['state'], reason: string | null, effects: readonly RunEffect[] = []): StageStep => ({
    decision: { key: stage.key, state, reason },
    effects,
  });
  switch (engine.state) {
    case 'pending':
      return is('pending', null);
    case 'running':
      return is('running', null);
    case 'skipped':
      return is('skipped', null);
    case 'failed':
      return is('failed', engine.message === '' ? stage.reason : engine.message);
    case 'open':
      return stage.kind === 'deploy' ? decideDeployGate(snapshot, stage, is) : decideGate(stage, is);
    case 'succeeded':
      return decideSucceeded(snapshot, { stage, engine }, is);
  }
}

type Is = (state: StageDecision['state'], reason: string | null, effects?: readonly RunEffect[]) => StageStep;

/** The engine is done with it; Flow has to record what came of it. */
function decideSucceeded(snapshot: RunSnapshot, { stage, engine }: { stage: StageSnapshot; engine: EngineStage }, is: Is): StageStep {
  const { key, kind, evidence } = stage;
  if (kind === 'publish' && snapshot.artifactId === null)
    return is('running', troubleOf(stage.work) ?? 'Recording the artifact', [
      { kind: 'recordArtifact', stageKey: key, outputs: engine.outputs },
    ]);
  if (engine.evidence.length === 0 || evidence.state === 'done') return is('succeeded', null);
  // What was built is none the worse for it; a gate that asks for this evidence waits.
  if (evidence.state === 'failed') return is('succeeded', `Its evidence was not kept. ${evidence.reason}`);
  return is('running', troubleOf(evidence) ?? 'Keeping its evidence', [{ kind: 'keepEvidence', stageKey: key, written: engine.evidence }]);
}

function decideDeployGate(snapshot: RunSnapshot, stage: StageSnapshot, is: Is): StageStep {
  if (stage.deployment !== null) return decideGate(stage, is);
  if (snapshot.artifactId === null) return is('running', 'Waiting for the artifact to be recorded');
  if (stage.work.state === 'failed') return settle(stage, is, { isGood: false, sentence: stage.work.reason });
  const reason = troubleOf(stage.work) ?? 'Asking for the deployment';
  return is('running', reason, [{ kind: 'askDeployment', stageKey: stage.key, artifactId: snapshot.artifactId }]);
}

function decideGate(stage: StageSnapshot, is: Is): StageStep {
  const progress = gateProgress(stage);
  if (progress?.is === 'settled') return settle(stage, is, progress);
  return is(progress?.is === 'waiting' ? 'waiting' : 'running', progress?.reason ?? null);
}

function settle(stage: StageSnapshot, is: Is, { isGood, sentence }: { isGood: boolean; sentence: string }): StageStep {
  // Of a deployment that went well there is nothing to say; who approved is.
  const reason = isGood && stage.kind === 'deploy' ? null : sentence;
  return is('running', troubleOf(stage.work) ?? reason, [
    { kind: 'settleGate', stageKey: stage.key, outcome: isGood ? 'succeeded' : 'failed', message: sentence },
  ]);
}

/** Why Flow has not been able so far to do what the stage needs. */
function troubleOf(work: ActionProgress): string | undefined {
  return work.state === 'intended' ? work.trouble : undefined;
}

function decideCancel(snapshot: RunSnapshot, by: string): RunDecision {
  const untouched = snapshot.stages.flatMap((stage): RunEffect[] =>
    stage.deployment !== null && ['preparing', 'awaitingApproval', 'held'].includes(stage.deployment.state)
      ? [{ kind: 'cancelDeployment', deploymentId: stage.deployment.id }]
      : [],
  );
  const isEngineOver = snapshot.segment !== null && snapshot.segment.outcome !== 'running';
  // A Workflow that was intended may exist: only "never intended" and "over" are safe ends.
  const isOver = snapshot.isParked || snapshot.creation.state === 'none' || snapshot.creation.state === 'failed' || isEngineOver;
  if (isOver) {
    return { ...end(snapshot, 'cancelled', `Cancelled by ${by}`), effects: untouched };
  }
  const create: RunEffect[] = snapshot.creation.state === 'intended' ? [{ kind: 'createWorkflow' }] : [{ kind: 'terminateWorkflow' }];
  return { ...unchanged(snapshot), reason: `Being cancelled by ${by}`, effects: [...untouched, ...create] };
}

function end(snapshot: RunSnapshot, state: 'errored' | 'cancelled', reason: string): RunDecision {
  const stages = snapshot.stages.map((stage) => closeStage(keep(stage), state === 'cancelled' ? 'cancelled' : 'skipped'));
  return { state, reason, stages, effects: [] };
}
