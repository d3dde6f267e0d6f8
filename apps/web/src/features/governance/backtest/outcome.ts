import type { PastOutcome } from '@flow/core/backtest';
import type { Tone } from '@flow/ui/status';

const outcomes = {
  succeeded: { tone: 'success', label: 'Went well' },
  failed: { tone: 'danger', label: 'Failed' },
  rolledBack: { tone: 'danger', label: 'Rolled back' },
  incident: { tone: 'danger', label: 'Tied to an incident' },
} as const satisfies Record<NonNullable<PastOutcome>, { tone: Tone; label: string }>;

/** What became of a deployment, as it is shown. */
export function outcomeOf(outcome: PastOutcome): { tone: Tone; label: string } {
  return outcome === null ? { tone: 'neutral', label: 'Still open' } : outcomes[outcome];
}
