import { findBuiltIn, isTimed, judgeRule, nextChangeOfRule, speaksAt } from '../rule/index.ts';
import type { BuiltInRule, PreparedFacts, Rule } from '../rule/index.ts';
import { approvalsGiven, counted, reasonOf, timeless } from './finding.ts';
import type { Case, Finding, Item } from './finding.ts';

/** The most answers that are looked at to find when a rule is lifted: beyond it no time is named. */
const maxLooks = 4_000;

/** What a rule says of the request now, and from when on it is silent. */
export function ruleItem(rule: Rule, asked: Case): Item {
  const shadow = rule.enforcement === 'shadow';
  const finding = ruleFinding(rule, asked);
  if (rule.effect.kind === 'allow' || rule.effect.kind === 'warn') return timeless(finding, { id: rule.id, shadow });
  if (
    rule.effect.kind === 'requireApprovals' &&
    approvalsGiven(asked.request, asked.context) >= rule.effect.count &&
    finding?.reason.effect !== 'hold'
  )
    return { id: rule.id, shadow, finding, clearFrom: (at) => at };
  const stands = finding !== null && finding.reason.effect !== 'note';
  if (!isTimed(rule)) return { id: rule.id, shadow, finding, clearFrom: (at) => (stands ? null : at) };
  return { id: rule.id, shadow, finding, clearFrom: silentFrom(rule, asked.facts) };
}

/** Goes from one possible change of the answer to the next. What was found holds for every instant up to it. */
function silentFrom(rule: Rule, facts: PreparedFacts): (from: Date) => Date | null {
  let left = maxLooks;
  let last: { from: Date; silent: Date | null } | null = null;
  return (from) => {
    if (last !== null && last.from <= from && (last.silent === null || from <= last.silent)) return last.silent;
    let at: Date | null = from;
    while (at !== null && left > 0 && speaksAt(rule, facts, at)) {
      left -= 1;
      at = nextChangeOfRule(rule, facts, at);
    }
    last = { from, silent: left > 0 ? at : null };
    return last.silent;
  };
}

function ruleFinding(rule: Rule, asked: Case): Finding | null {
  const answer = judgeRule(rule, asked.facts, asked.context.now);
  if (answer.kind === 'silent') return null;
  return answer.kind === 'broken' ? brokenFinding(rule, answer.sentence) : spokenFinding(rule, answer.sentence, asked);
}

/** A rule that cannot be asked is not a yes: what it could have stopped waits until somebody mends it. */
function brokenFinding(rule: Rule, sentence: string): Finding {
  const effect = rule.effect.kind === 'allow' || rule.effect.kind === 'warn' ? 'note' : 'hold';
  const liftedBy = `${rule.owner.name}, who owns the rule and can mend it`;
  return { reason: reasonOf('rule', rule, { effect, sentence, liftedBy, rule: nameOf(rule) }), approvalsRequired: 0, missing: 0 };
}

const effects = { allow: 'note', warn: 'note', hold: 'hold', block: 'deny' } as const;

function spokenFinding(rule: Rule, sentence: string, asked: Case): Finding {
  const said = { sentence, liftedBy: liftedBy(rule), rule: nameOf(rule) };
  if (rule.effect.kind !== 'requireApprovals')
    return { reason: reasonOf('rule', rule, { ...said, effect: effects[rule.effect.kind] }), approvalsRequired: 0, missing: 0 };
  const { count } = rule.effect;
  const missing = Math.max(0, count - approvalsGiven(asked.request, asked.context));
  const needed =
    missing > 0
      ? `${counted(missing, 'more approval is', 'more approvals are')} needed`
      : `approved by ${counted(count, 'person', 'people')}`;
  const reason = reasonOf('rule', rule, { ...said, effect: missing > 0 ? 'approvals' : 'note', sentence: `${sentence}: ${needed}` });
  return { reason, approvalsRequired: count, missing };
}

function builtInOf(rule: Rule): BuiltInRule | null {
  return rule.condition.kind === 'builtIn' ? findBuiltIn(rule.condition.use.key) : null;
}

function nameOf(rule: Rule): string {
  return builtInOf(rule)?.key ?? rule.id;
}

function liftedBy(rule: Rule): string {
  if (rule.liftedBy !== '') return rule.liftedBy;
  return builtInOf(rule)?.liftedBy ?? `${rule.owner.name}, who owns the rule`;
}
