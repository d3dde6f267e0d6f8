import { judgeRule, prepareFacts } from '../rule/index.ts';
import type { OtherDeployment, Rule, RuleFacts } from '../rule/index.ts';
import { inputsOfRule, isOfPlatform, isOfTenant } from './reach.ts';

/** It counts what moves: where there is room for one more, those who wait for it go one after the other. */
export function isLimit(rule: Rule): boolean {
  if (rule.effect.kind !== 'hold') return false;
  return inputsOfRule(rule).some((input) => isOfPlatform(input) || input === 'inFlight.tenant');
}

/** The end of any deployment of the tenant may lift it. */
export const anyDeployment = 'deployments';

/** The end of this deployment may lift it. */
export function endOf(deploymentId: string): string {
  return `deployment:${deploymentId}`;
}

/** It stands in the queue of this limit. */
export function queueOf(limitId: string): string {
  return `queue:${limitId}`;
}

/** The deployment whose end it is; null for anything else that can be waited for. */
export function deploymentOf(waitsFor: string): string | null {
  return waitsFor.startsWith('deployment:') ? waitsFor.slice('deployment:'.length) : null;
}

/**
 * For the end of which other deployments a rule waits that speaks now: those that make it speak by themselves, with all others gone. When none does alone
 * (it counts them, or asks for all), any may lift it. Limits are waited for in turn, and a rule that looks at no others waits for none.
 */
export function waitsForOf(rule: Rule, facts: RuleFacts, now: Date): readonly string[] {
  if (isLimit(rule) || !inputsOfRule(rule).some(isOfTenant)) return [];
  const speaksWith = (others: readonly OtherDeployment[]): boolean =>
    judgeRule(rule, prepareFacts({ ...facts, others }), now).kind !== 'silent';
  if (speaksWith([])) return [anyDeployment];
  const alone = facts.others.filter((other) => mayEnd(other) && speaksWith([other]));
  return alone.length === 0 ? [anyDeployment] : alone.map(({ id }) => endOf(id));
}

function mayEnd({ state }: OtherDeployment): boolean {
  return state === 'inFlight' || state === 'queued';
}
