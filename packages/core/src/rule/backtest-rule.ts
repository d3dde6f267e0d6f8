import { emptyTally, examplesMax, isBad } from '../backtest/index.ts';
import type { BacktestExample, BacktestTally, PastOutcome } from '../backtest/index.ts';
import { applies } from './action.ts';
import { prepareFacts } from './expression/index.ts';
import type { RuleFacts } from './facts.ts';
import { conditionAt, judgeRule } from './judge-rule.ts';
import type { RuleAnswer } from './judge-rule.ts';
import type { Rule } from './rule.ts';
import { matchesScope } from './scope.ts';
import type { Place } from './scope.ts';

/** A verdict of the past with what it looked at, and what became of it. */
export interface PastVerdict {
  deploymentId: string;
  tenantId: string;
  at: Date;
  outcome: PastOutcome;
  facts: RuleFacts;
}

/** Asks one rule about past verdicts, newest first, as if it had been in force then, whatever its enforcement is. Parts are put together with `addTallies`. */
export function backtestRule(rule: Rule, past: readonly PastVerdict[]): BacktestTally {
  const tally = { ...emptyTally, caught: [...emptyTally.caught], stoppedGood: [...emptyTally.stoppedGood], missed: [...emptyTally.missed] };
  for (const one of past) count(tally, rule, one);
  return tally;
}

function count(tally: BacktestTally, rule: Rule, past: PastVerdict): void {
  const { facts, outcome } = past;
  tally.lookedAt += 1;
  if (!isAbout(rule, past)) return;
  const bad = isBad(outcome);
  tally.inScope += 1;
  if (bad) tally.bad += 1;
  const prepared = prepareFacts(facts);
  const holds = conditionAt(rule, prepared, past.at);
  if (holds === null) tally.broken += 1;
  if (holds === false) {
    if (bad) keep(tally.missed, past, () => '');
    return;
  }
  tally.stopped += 1;
  if (bad) tally.stoppedBad += 1;
  // Only what is shown is put into words.
  keep(bad ? tally.caught : tally.stoppedGood, past, () => sentenceOf(judgeRule(rule, prepared, past.at)));
}

function sentenceOf(answer: RuleAnswer): string {
  return answer.kind === 'silent' ? '' : answer.sentence;
}

function isAbout(rule: Rule, past: PastVerdict): boolean {
  const { action, invoker } = past.facts.request;
  return applies(rule.appliesTo, action, invoker) && matchesScope(rule.scope, placeOf(past));
}

/** Where it was: what scopes look at. */
export function placeOf({ tenantId, facts }: PastVerdict): Place {
  const { service, environment, targets } = facts;
  return {
    tenantId,
    serviceId: service.id,
    tier: service.tier,
    labels: service.labels,
    environmentId: environment.id,
    environmentKind: environment.kind,
    regions: targets.map(({ region }) => region),
  };
}

/** Whether the rule would have had something to say of it, as if it had been in force then; one that cannot be asked has. */
export function wouldSpeak(rule: Rule, past: PastVerdict): boolean {
  return isAbout(rule, past) && conditionAt(rule, prepareFacts(past.facts), past.at) !== false;
}

function keep(examples: BacktestExample[], { deploymentId, at, outcome, facts }: PastVerdict, sentence: () => string): void {
  if (examples.length >= examplesMax) return;
  examples.push({
    deploymentId,
    at,
    serviceName: facts.service.name,
    environmentName: facts.environment.name,
    version: facts.request.toVersion,
    outcome,
    sentence: sentence(),
  });
}

/** What of the past has to be read for the rule: which moments it is about, and whether it looks at other deployments. */
export function readingOf(rule: Rule, inputs: readonly string[]): { moments: readonly ('started' | 'wave')[]; readsOthers: boolean } {
  const { actions } = rule.appliesTo;
  // A rule that is about waves alone is asked at the begin of each; any other at the start.
  const isOfWaves = actions.length > 0 && !actions.includes('create') && !actions.includes('rollback');
  return { moments: [isOfWaves ? 'wave' : 'started'], readsOthers: inputs.some((input) => input.startsWith('others')) };
}
