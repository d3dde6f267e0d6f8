import { isTerminal } from '../deployment/index.ts';
import { digest } from '../identity/index.ts';
import type { EngineStage, RunDecision, RunEffect, RunSnapshot, StageDecision, StageSnapshot } from './snapshot.ts';
import { isRunOver } from './state.ts';

/**
 * The next state of a run, and what to do in the world for it: pure, level-triggered, safe to call again at any time.
 * The engine runs the steps; deploy and approval stages are gates in its Workflow that Flow settles.
 */
export function decideRun(snapshot: RunSnapshot): RunDecision {
  if (isRunOver(snapshot.state)) return unchanged(snapshot);
  if (snapshot.cancelRequestedBy !== null) return decideCancel(snapshot, snapshot.cancelRequestedBy);
  if (snapshot.creation.state === 'failed') return end(snapshot, 'errored', snapshot.creation.reason);
  if (snapshot.creation.state !== 'done')
    return { ...unchanged(snapshot), reason: 'The Workflow is being created', effects: [{ kind: 'createWorkflow' }] };
  if (snapshot.segment === null)
    return { ...unchanged(snapshot), state: 'running', reason: 'Waiting for the engine to start the Workflow' };
  return decideStages(snapshot, snapshot.segment.stages);
}

function unchanged(snapshot: RunSnapshot): RunDecision {
  return { state: snapshot.state, reason: snapshot.reason, stages: [], effects: [] };
}

function decideStages(snapshot: RunSnapshot, engineStages: readonly EngineStage[]): RunDecision {
  const unpublished = snapshot.stages.find((stage) => publishedNothing(snapshot, stage, engineStages));
  if (unpublished !== undefined) return failUnpublished(snapshot, unpublished);
  const steps = snapshot.stages.map((stage) => {
    const engine = engineStages.find((candidate) => candidate.key === stage.key);
    // Stages that an earlier segment finished are not part of this Workflow.
    return engine === undefined ? { decision: keep(stage), effects: [] } : decideStage(snapshot, stage, engine);
  });
  const stages = steps.map((step) => step.decision);
  const effects = steps.flatMap((step) => step.effects);
  const outcome = snapshot.segment?.outcome ?? 'running';
  if (outcome === 'running' || effects.length > 0) return { ...going(stages), stages, effects };
  if (outcome === 'succeeded') return { state: 'succeeded', reason: null, stages, effects };
  return endBadly(snapshot, { stages, effects, outcome });
}

function endBadly(
  { segment }: RunSnapshot,
  ended: { stages: readonly StageDecision[]; effects: readonly RunEffect[]; outcome: 'failed' | 'errored' },
): RunDecision {
  const failed = ended.stages.find((stage) => stage.state === 'failed');
  const stages = ended.stages.map((stage) => closeStage(stage, 'skipped'));
  const { effects } = ended;
  if (ended.outcome === 'errored')
    return { state: 'errored', reason: segment?.message ?? 'The engine could not run the Workflow', stages, effects };
  return { state: 'failed', reason: failed === undefined ? (segment?.message ?? null) : failedSentence(failed), stages, effects };
}

/** A publish step that ended well and named no image: trying again mends nothing, and nothing after it has anything to deploy. */
function publishedNothing(snapshot: RunSnapshot, stage: StageSnapshot, engineStages: readonly EngineStage[]): boolean {
  const engine = engineStages.find((candidate) => candidate.key === stage.key);
  if (stage.kind !== 'publish' || engine?.state !== 'succeeded' || snapshot.artifactId !== null) return false;
  return !digest.safeParse((engine.outputs['digest'] ?? '').trim()).success;
}

function failUnpublished(snapshot: RunSnapshot, unpublished: StageSnapshot): RunDecision {
  const reason = 'it wrote no image digest (sha256: and 64 hexadecimal digits) to $FLOW_DIGEST_FILE';
  const failed: StageDecision = { key: unpublished.key, state: 'failed', reason };
  const stages = snapshot.stages.map((stage) => (stage.key === unpublished.key ? failed : closeStage(keep(stage), 'skipped')));
  const isEngineOver = snapshot.segment?.outcome !== 'running';
  // The run ends once the engine has ended: until then nothing else of it may move.
  if (isEngineOver) return { state: 'failed', reason: failedSentence(failed), stages, effects: [] };
  return { state: 'running', reason: failedSentence(failed), stages: [failed], effects: [{ kind: 'terminateWorkflow' }] };
}

function going(stages: readonly StageDecision[]): { state: 'running' | 'waiting'; reason: string | null } {
  const waiting = stages.find((stage) => stage.state === 'waiting');
  const isMoving = stages.some((stage) => stage.state === 'running');
  return waiting !== undefined && !isMoving ? { state: 'waiting', reason: waiting.reason } : { state: 'running', reason: null };
}

function failedSentence(stage: StageDecision): string {
  return stage.reason === null || stage.reason === '' ? `Stage ${stage.key} failed` : `Stage ${stage.key} failed: ${stage.reason}`;
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
      return is('failed', stage.reason ?? engine.message);
    case 'open':
      return stage.kind === 'deploy' ? decideDeployGate(snapshot, stage, is) : decideApprovalGate(stage, is);
    case 'succeeded':
      return stage.kind === 'publish' && snapshot.artifactId === null
        ? is('running', 'Recording the artifact', [{ kind: 'recordArtifact', stageKey: stage.key, outputs: engine.outputs }])
        : is('succeeded', null);
  }
}

type Is = (state: StageDecision['state'], reason: string | null, effects?: readonly RunEffect[]) => StageStep;

function decideDeployGate(snapshot: RunSnapshot, stage: StageSnapshot, is: Is): StageStep {
  const { deployment } = stage;
  if (deployment === null) {
    if (snapshot.artifactId === null) return is('running', 'Waiting for the artifact to be recorded');
    return is('running', 'Asking for the deployment', [{ kind: 'askDeployment', stageKey: stage.key, artifactId: snapshot.artifactId }]);
  }
  if (!isTerminal(deployment.state)) return is(deployment.isWaiting ? 'waiting' : 'running', deployment.reason);
  const isGood = deployment.state === 'succeeded';
  const reason = isGood
    ? null
    : `The deployment ended as ${spoken(deployment.state)}${deployment.reason === null ? '' : `: ${deployment.reason}`}`;
  return is('running', reason, [
    { kind: 'settleGate', stageKey: stage.key, outcome: isGood ? 'succeeded' : 'failed', message: reason ?? `deployed: ${deployment.id}` },
  ]);
}

function decideApprovalGate(stage: StageSnapshot, is: Is): StageStep {
  const { answer } = stage;
  if (answer === null) return is('waiting', 'Waits for a release manager');
  const comment = answer.comment === '' ? '' : `: ${answer.comment}`;
  const sentence = `${answer.approved ? 'Approved' : 'Rejected'} by ${answer.by}${comment}`;
  return is('running', sentence, [
    { kind: 'settleGate', stageKey: stage.key, outcome: answer.approved ? 'succeeded' : 'failed', message: sentence },
  ]);
}

function decideCancel(snapshot: RunSnapshot, by: string): RunDecision {
  const untouched = snapshot.stages.flatMap((stage): RunEffect[] =>
    stage.deployment !== null && ['preparing', 'awaitingApproval', 'held'].includes(stage.deployment.state)
      ? [{ kind: 'cancelDeployment', deploymentId: stage.deployment.id }]
      : [],
  );
  const isEngineOver = snapshot.segment !== null && snapshot.segment.outcome !== 'running';
  // A Workflow that was intended may exist: only "never intended" and "over" are safe ends.
  if (snapshot.creation.state === 'none' || snapshot.creation.state === 'failed' || isEngineOver) {
    return { ...end(snapshot, 'cancelled', `Cancelled by ${by}`), effects: untouched };
  }
  const create: RunEffect[] = snapshot.creation.state === 'intended' ? [{ kind: 'createWorkflow' }] : [{ kind: 'terminateWorkflow' }];
  return { ...unchanged(snapshot), reason: `Being cancelled by ${by}`, effects: [...untouched, ...create] };
}

function end(snapshot: RunSnapshot, state: 'errored' | 'cancelled', reason: string): RunDecision {
  const stages = snapshot.stages.map((stage) => closeStage(keep(stage), state === 'cancelled' ? 'cancelled' : 'skipped'));
  return { state, reason, stages, effects: [] };
}

function closeStage(stage: StageDecision, as: 'skipped' | 'cancelled'): StageDecision {
  return stage.state === 'succeeded' || stage.state === 'failed' || stage.state === 'skipped' || stage.state === 'cancelled'
    ? stage
    : { ...stage, state: as };
}

/** A state as people say it: `rolled back`. */
function spoken(state: string): string {
  return state.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
