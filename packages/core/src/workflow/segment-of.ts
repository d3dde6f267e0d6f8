import type { EngineSegment, EngineStage } from '../pipeline/snapshot.ts';
import { evidenceOutput, parkedLabel } from './view.ts';
import type { NodePhase, StageView, WorkflowView } from './view.ts';

const stageStates = {
  Waiting: 'pending',
  Pending: 'running',
  Running: 'running',
  Succeeded: 'succeeded',
  Skipped: 'skipped',
  Omitted: 'skipped',
  Failed: 'failed',
  Error: 'failed',
} as const satisfies Record<NodePhase, EngineStage['state']>;

const outcomes = {
  Pending: 'running',
  Running: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Error: 'errored',
} as const satisfies Record<WorkflowView['phase'], EngineSegment['outcome']>;

/** A Workflow in the words of the run machine. */
export function segmentOf(view: WorkflowView): EngineSegment {
  const isParked = view.labels[parkedLabel] === 'true';
  return { stages: view.stages.map(engineStage), outcome: outcomes[view.phase], message: view.message, isParked };
}

function engineStage(stage: StageView): EngineStage {
  const failed = stage.steps.find((step) => step.phase === 'Failed' || step.phase === 'Error');
  const message = failed === undefined ? stage.message : `step ${failed.key}: ${failed.message || 'failed'}`;
  return {
    key: stage.key,
    state: stage.open ? 'open' : stageStates[stage.phase],
    message,
    outputs: stage.outputs,
    evidence: stage.steps.flatMap(({ key, outputs }) => {
      const text = outputs[evidenceOutput] ?? '';
      return text === '' ? [] : [{ step: key, text }];
    }),
    startedAt: stage.startedAt === null ? null : new Date(stage.startedAt),
  };
}
