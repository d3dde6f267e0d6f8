import { gateProgress } from './gate.ts';
import type { EngineSegment, RunDecision, RunSnapshot, StageDecision, StageSnapshot } from './snapshot.ts';
import { failedSentence, going, skipRest } from './stage-decisions.ts';

/** A gate that has waited this long may wait for days: its Workflow is ended, and a new one goes on after the wait. */
export const parkAfterMs = 30 * 60_000;

/** Whether nothing moves in the Workflow, and every open gate has been open for long. */
export function isTimeToPark(segment: EngineSegment, now: Date): boolean {
  const open = segment.stages.filter((stage) => stage.state === 'open');
  const isQuiet = segment.stages.every((stage) => stage.state !== 'running' && stage.state !== 'failed');
  const isLong = open.every((stage) => stage.startedAt !== null && now.getTime() - stage.startedAt.getTime() >= parkAfterMs);
  return segment.outcome === 'running' && open.length > 0 && isQuiet && isLong;
}

/** The next state of a run between two segments: its gates are followed in Flow's own rows, and what a settled one lets go on becomes a new segment. */
export function decideParked(snapshot: RunSnapshot): RunDecision {
  const stages = snapshot.stages.map(followGate);
  const failed = stages.find((stage) => stage.state === 'failed');
  const isOpen = stages.some((stage) => stage.state === 'waiting' || stage.state === 'running');
  if (failed !== undefined)
    return isOpen
      ? { ...going(stages), stages, effects: [] }
      : { state: 'failed', reason: failedSentence(failed), stages: skipRest(stages), effects: [] };
  const over = new Set(stages.filter((stage) => stage.state === 'succeeded' || stage.state === 'skipped').map((stage) => stage.key));
  const isReady = (stage: StageSnapshot): boolean => stage.needs.every((need) => over.has(need));
  const pending = new Set(stages.filter((stage) => stage.state === 'pending').map((stage) => stage.key));
  if (snapshot.stages.some((stage) => pending.has(stage.key) && isReady(stage))) {
    const stageKeys = stages.filter((stage) => !over.has(stage.key)).map((stage) => stage.key);
    return { state: 'running', reason: 'Going on after the wait', stages, effects: [{ kind: 'startSegment', stageKeys }] };
  }
  return isOpen ? { ...going(stages), stages, effects: [] } : { state: 'succeeded', reason: null, stages, effects: [] };
}

function followGate(stage: StageSnapshot): StageDecision {
  const { key, kind, state, reason } = stage;
  if (state !== 'waiting' && state !== 'running') return { key, state, reason };
  const progress = kind === 'deploy' || kind === 'approval' ? gateProgress(stage) : undefined;
  // Nothing else was moving when the Workflow was ended: what seems to, has to be run.
  if (progress === undefined) return { key, state: 'pending', reason: null };
  if (progress.is !== 'settled') return { key, state: progress.is === 'waiting' ? 'waiting' : 'running', reason: progress.reason };
  return { key, state: progress.isGood ? 'succeeded' : 'failed', reason: progress.isGood ? null : progress.sentence };
}
