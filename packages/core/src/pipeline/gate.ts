import { isTerminal } from '../deployment/index.ts';
import type { StageSnapshot } from './snapshot.ts';

/** How a gate stands: it waits for a person, it moves, or it has ended, well or not. */
export type GateProgress = { is: 'waiting' | 'moving'; reason: string | null } | { is: 'settled'; isGood: boolean; sentence: string };

/** Reads off Flow's own rows how a deploy or approval stage stands; the engine is not asked. Undefined: its deployment was not asked for. */
export function gateProgress(stage: StageSnapshot): GateProgress | undefined {
  return stage.kind === 'deploy' ? deployProgress(stage) : approvalProgress(stage);
}

function deployProgress({ deployment }: StageSnapshot): GateProgress | undefined {
  if (deployment === null) return undefined;
  if (!isTerminal(deployment.state)) return { is: deployment.isWaiting ? 'waiting' : 'moving', reason: deployment.reason };
  if (deployment.state === 'succeeded') return { is: 'settled', isGood: true, sentence: `deployed: ${deployment.id}` };
  const why = deployment.reason === null ? '' : `: ${deployment.reason}`;
  return { is: 'settled', isGood: false, sentence: `The deployment ended as ${spoken(deployment.state)}${why}` };
}

function approvalProgress({ answer }: StageSnapshot): GateProgress {
  if (answer === null) return { is: 'waiting', reason: 'Waits for a release manager' };
  const comment = answer.comment === '' ? '' : `: ${answer.comment}`;
  return { is: 'settled', isGood: answer.approved, sentence: `${answer.approved ? 'Approved' : 'Rejected'} by ${answer.by}${comment}` };
}

/** A state as people say it: `rolled back`. */
function spoken(state: string): string {
  return state.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
