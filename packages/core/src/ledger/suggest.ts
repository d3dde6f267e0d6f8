import type { LedgerEntry, Suggestion } from './ledger.ts';

const hourMs = 60 * 60 * 1_000;
/** Of fewer nothing is concluded. */
const enoughCases = 5;
const enoughBypasses = 3;

/** What the account of a policy suggests: each is a thought to be tried on the past, not a verdict. */
export function suggestionsFor(entry: Omit<LedgerEntry, 'suggestions'>): Suggestion[] {
  return [
    ...heldForNothing(entry),
    ...passedByHabit(entry),
    ...wouldHaveSaved(entry),
    ...wouldHaveBeenWrong(entry),
    ...decidesSlowly(entry),
  ];
}

type Entry = Omit<LedgerEntry, 'suggestions'>;

/** Flow's own rules are as they are. */
function heldForNothing({ account, stoppedCount, savedCount, aloneMs }: Entry): readonly Suggestion[] {
  if (account !== 'rule' && account !== 'freeze' && account !== 'gate') return [];
  if (stoppedCount < enoughCases || savedCount > 0 || aloneMs < hourMs) return [];
  const sentence = `It stood against ${stoppedCount} deployments, which waited ${hours(aloneMs)} for nothing else, and all of them went on later as they were: a narrower condition or scope, or shadow, may do`;
  return [{ kind: 'loosen', sentence }];
}

function passedByHabit({ bypassedCount, bypassRate }: Entry): readonly Suggestion[] {
  if (bypassRate === null || bypassedCount < enoughBypasses || bypassRate < 0.25) return [];
  const sentence = `${Math.round(bypassRate * 100)}% of what it stood against passed it by an exemption: what is exempted so often may be left out of its scope`;
  return [{ kind: 'loosen', sentence }];
}

function wouldHaveSaved({ shadowCount, savedCount, shadowGoodCount }: Entry): readonly Suggestion[] {
  if (shadowCount === 0 || savedCount === 0 || savedCount < shadowGoodCount) return [];
  const sentence = `In shadow it would have stopped ${savedCount} that proved bad and ${shadowGoodCount} that went well: it can be switched on`;
  return [{ kind: 'tighten', sentence }];
}

function wouldHaveBeenWrong({ shadowCount, savedCount, shadowGoodCount }: Entry): readonly Suggestion[] {
  if (shadowCount < enoughCases || savedCount > 0 || shadowGoodCount < enoughCases) return [];
  const sentence = `In shadow it would have stopped ${shadowGoodCount} that went well and none that proved bad: it would cost more than it saves as it stands`;
  return [{ kind: 'loosen', sentence }];
}

function decidesSlowly({ account, decidedCount, medianDecisionMs }: Entry): readonly Suggestion[] {
  if (account !== 'approval' && account !== 'group') return [];
  if (medianDecisionMs === null || decidedCount < enoughCases || medianDecisionMs < 8 * hourMs) return [];
  const sentence = `Half of its decisions take longer than ${hours(medianDecisionMs)}: more people, stand-ins, or approval by a condition for what is harmless would help`;
  return [{ kind: 'loosen', sentence }];
}

function hours(ms: number): string {
  const count = Math.round(ms / hourMs);
  return count === 1 ? 'one hour' : `${count} hours`;
}
