import type { StageDecision } from './snapshot.ts';

/** State of a run whose stages go on: it waits when one waits and none moves. */
export function going(stages: readonly StageDecision[]): { state: 'running' | 'waiting'; reason: string | null } {
  const waiting = stages.find((stage) => stage.state === 'waiting');
  const isMoving = stages.some((stage) => stage.state === 'running');
  return waiting !== undefined && !isMoving ? { state: 'waiting', reason: waiting.reason } : { state: 'running', reason: null };
}

/** Why a run failed, by its failed stage. */
export function failedSentence(stage: StageDecision): string {
  return stage.reason === null || stage.reason === '' ? `Stage ${stage.key} failed` : `Stage ${stage.key} failed: ${stage.reason}`;
}

/** A stage of a run that is over: one that has not ended ends as given. */
export function closeStage(stage: StageDecision, as: 'skipped' | 'cancelled'): StageDecision {
  return stage.state === 'succeeded' || stage.state === 'failed' || stage.state === 'skipped' || stage.state === 'cancelled'
    ? stage
    : { ...stage, state: as };
}

/** Stages of a failed run: what has not begun is skipped. */
export function skipRest(stages: readonly StageDecision[]): StageDecision[] {
  return stages.map((stage) => closeStage(stage, 'skipped'));
}
