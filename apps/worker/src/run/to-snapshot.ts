import { deploymentState } from '@flow/core/deployment';
import { plannedPipeline, runState, stageState } from '@flow/core/pipeline';
import type { PlannedPipeline, RunEffect, RunSnapshot, StageSnapshot } from '@flow/core/pipeline';
import { segmentOf, workflowView } from '@flow/core/workflow';
import type { NodePhase, StageView, WorkflowView } from '@flow/core/workflow';
import type { RunForDecision, StoredStep } from '@flow/db/run';
import { z } from 'zod';
import { progressOf } from '../deployment/to-snapshot.ts';

/** Key of the action that creates the Workflow of a segment. */
export function creationKey(runId: string, ordinal: number): string {
  return `${runId}/s${ordinal}/create`;
}

/** Key of what Flow has to do for a stage; a row of it is written when a try has failed. */
export function stageWorkKey(run: RunForDecision['run'], work: { stageKey: string; kind: RunEffect['kind'] }): string {
  return `${run.id}/s${run.segments.at(-1)?.ordinal ?? 1}/${work.stageKey}/${work.kind}`;
}

/** Whether the newest segment was ended at a gate that waits for long. */
export function isParked({ run }: RunForDecision): boolean {
  return run.segments.at(-1)?.state === 'parked';
}

/** The definition that the run was planned from; null before its commit was read. */
export function pipelineOf({ run }: RunForDecision): PlannedPipeline | null {
  return plannedPipeline.safeParse(run.definition).data ?? null;
}

/** The newest Workflow of the run, when it was observed and is the one that Flow made. */
export function workflowOf(loaded: RunForDecision): WorkflowView | null {
  const view = workflowView.nullable().parse(loaded.workflow);
  const uid = loaded.run.segments.at(-1)?.workflowUid ?? null;
  return view !== null && view.uid === uid ? view : null;
}

/** Turns the rows of one run into what `decideRun` looks at. */
export function toRunSnapshot(loaded: RunForDecision, canceller: string | null): RunSnapshot {
  const { run, actions } = loaded;
  const workflow = workflowOf(loaded);
  return {
    id: run.id,
    state: runState.parse(run.state),
    reason: run.reason,
    cancelRequestedBy: run.cancelRequestedAt === null ? null : (canceller ?? 'Someone'),
    creation: progressOf(actions, creationKey(run.id, run.segments.at(-1)?.ordinal ?? 1)),
    isParked: isParked(loaded),
    segment: workflow === null ? null : segmentOf(workflow),
    stages: run.stages.map((stage) => toStage(loaded, stage)),
    artifactId: run.artifactId,
  };
}

const answered = z.object({ answer: z.object({ approved: z.boolean(), by: z.string(), comment: z.string() }) });

function toStage(loaded: RunForDecision, stage: RunForDecision['run']['stages'][number]): StageSnapshot {
  const deployment = loaded.deployments.get(stage.key);
  const kind = z.enum(['steps', 'publish', 'deploy', 'approval']).parse(stage.kind);
  const isAsked = deployment !== undefined;
  return {
    key: stage.key,
    kind,
    needs: stage.needs,
    work: progressOf(loaded.actions, stageWorkKey(loaded.run, { stageKey: stage.key, kind: workOf(kind, isAsked) })),
    evidence: progressOf(loaded.actions, stageWorkKey(loaded.run, { stageKey: stage.key, kind: 'keepEvidence' })),
    state: stageState.parse(stage.state),
    reason: stage.reason,
    deployment:
      deployment === undefined
        ? null
        : {
            id: deployment.id,
            state: deploymentState.parse(deployment.state),
            reason: deployment.reason,
            isWaiting: waitsForPerson(deployment),
          },
    answer: answered.safeParse(stage.outputs).data?.answer ?? null,
  };
}

/** What Flow itself has to do next for a stage of this kind. */
function workOf(kind: StageSnapshot['kind'], isAsked: boolean): RunEffect['kind'] {
  if (kind === 'publish') return 'recordArtifact';
  return kind === 'deploy' && !isAsked ? 'askDeployment' : 'settleGate';
}

function waitsForPerson(deployment: { state: string; targets: readonly { state: string }[] }): boolean {
  return (
    deployment.state === 'awaitingApproval' ||
    deployment.state === 'held' ||
    deployment.targets.some((target) => target.state === 'paused' || target.state === 'aborted')
  );
}

const stepStates = {
  Waiting: 'pending',
  Pending: 'pending',
  Running: 'running',
  Succeeded: 'succeeded',
  Skipped: 'skipped',
  Omitted: 'skipped',
  Failed: 'failed',
  Error: 'failed',
} as const satisfies Record<NodePhase, StoredStep['state']>;

/** The steps of each stage of the newest segment, as rows of its stages. */
export function stepsOf(workflow: WorkflowView | null, pipeline: PlannedPipeline | null): ReadonlyMap<string, readonly StoredStep[]> {
  const stages = (workflow?.stages ?? []).filter((stage) => stage.kind === 'steps');
  return new Map(
    stages.map((stage) => [
      stage.key,
      stage.steps.map((step) => toStored(step, needsOfStep(pipeline, { stageKey: stage.key, stepKey: step.key }))),
    ]),
  );
}

function needsOfStep(pipeline: PlannedPipeline | null, place: { stageKey: string; stepKey: string }): string[] {
  const stage = pipeline?.stages.find((candidate) => candidate.key === place.stageKey);
  return stage?.kind === 'steps' ? (stage.steps.find((step) => step.key === place.stepKey)?.needs ?? []) : [];
}

function toStored(step: StageView['steps'][number], needs: string[]): StoredStep {
  return {
    id: step.key,
    name: step.key,
    state: stepStates[step.phase],
    reason: step.message === '' ? null : step.message,
    startedAt: step.startedAt,
    finishedAt: step.finishedAt,
    attempt: Math.max(1, step.tries.length),
    logId: step.tries.at(-1)?.nodeId ?? null,
    needs,
    tries: step.tries.map((each) => ({ id: each.nodeId, podName: each.podName, startedAt: each.startedAt })),
  };
}
