import type { RuleAction } from '../rule/index.ts';
import type { Freeze, InFlightEffect } from './freeze.ts';

/** Actions on a deployment that has begun. */
const onMoving: ReadonlySet<RuleAction> = new Set<RuleAction>(['advance', 'promote', 'retry', 'skip']);

/** Whether a freeze that is in force holds this action: a deployment that is moving already is treated as the freeze says. `beginsWave` is whether the action begins a new wave. */
export function holdsAction({ inFlight }: Freeze, action: RuleAction, beginsWave: boolean): boolean {
  if (!onMoving.has(action)) return true;
  switch (inFlight) {
    case 'finish':
      return false;
    case 'finishWave':
      return beginsWave;
    case 'hold':
    case 'rollBack':
      return true;
  }
}

const hardest: readonly InFlightEffect[] = ['rollBack', 'hold', 'finishWave', 'finish'];

/** What happens to a moving deployment that is covered by these freezes, all of them in force: the hardest; `finish` when there is none. */
export function effectOnMoving(inForce: readonly Freeze[]): InFlightEffect {
  return hardest.find((effect) => inForce.some(({ inFlight }) => inFlight === effect)) ?? 'finish';
}
