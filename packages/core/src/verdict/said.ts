import type { Rule } from '../rule/index.ts';
import type { Governance } from './governance.ts';
import type { ReasonEffect, ReasonSource, Verdict, VerdictContext, VerdictReason } from './verdict.ts';
import { endOf, isLimit, queueOf, waitsForOf } from '../queue/index.ts';

/** What one policy, or one rule of Flow's own, says in a verdict, as it is kept. */
export interface Said {
  source: ReasonSource;
  policyId: string;
  /** Null for Flow's own. */
  revision: number | null;
  effect: ReasonEffect;
  isShadow: boolean;
  /** It counts what moves: whoever waits for it stands in a queue. */
  isLimit: boolean;
  sentence: string;
  /** The deployments whose end may lift it. */
  waitsFor: readonly string[];
  exemption: VerdictReason['exemption'];
  earliestAt: Date | null;
}

const strength = { deny: 0, approvals: 1, hold: 2, note: 3 } as const satisfies Record<ReasonEffect, number>;

/** What a verdict says, one for each policy: of several reasons of one the strongest, with the sentences of all. What Flow itself only notes is left out. */
export function saidOf(verdict: Verdict, context: VerdictContext): readonly Said[] {
  const known = context.governance === undefined ? null : knownOf(context.governance);
  return [...grouped(verdict.reasons, false), ...grouped(verdict.shadow, true)]
    .filter(({ reason }) => reason.source !== 'builtIn' || reason.effect !== 'note')
    .map(({ reason, sentence, isShadow }) => {
      const rule = reason.source === 'rule' ? known?.rules.get(reason.id) : undefined;
      return {
        source: reason.source,
        policyId: reason.id,
        revision: known?.revisions.get(`${reason.source} ${reason.id}`) ?? null,
        effect: reason.effect,
        isShadow,
        isLimit: reason.id === 'its-turn' || (rule !== undefined && isLimit(rule)),
        sentence,
        waitsFor: reason.effect === 'note' ? [] : waitsForReason(reason, rule, context),
        exemption: reason.exemption,
        earliestAt: reason.earliestAt,
      };
    });
}

interface Group {
  reason: VerdictReason;
  sentence: string;
  isShadow: boolean;
}

function grouped(reasons: readonly VerdictReason[], isShadow: boolean): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const reason of reasons) {
    const key = `${reason.source} ${reason.id}`;
    const found = groups.get(key);
    if (found === undefined) groups.set(key, { reason, sentence: reason.sentence, isShadow });
    else
      groups.set(key, {
        reason: strength[reason.effect] < strength[found.reason.effect] ? reason : found.reason,
        sentence: `${found.sentence}; ${reason.sentence}`,
        isShadow,
      });
  }
  return [...groups.values()];
}

interface Known {
  revisions: ReadonlyMap<string, number>;
  rules: ReadonlyMap<string, Rule>;
}

function knownOf({ policies, place }: Governance): Known {
  const rules = policies.rules.covering(place);
  const revisions = new Map<string, number>();
  for (const { id, revision } of rules) revisions.set(`rule ${id}`, revision);
  for (const { id, revision } of policies.freezes.covering(place)) revisions.set(`freeze ${id}`, revision);
  for (const { id, revision } of policies.guardrails.covering(place)) revisions.set(`guardrail ${id}`, revision);
  for (const { id, revision } of policies.gates.covering(place)) revisions.set(`gate ${id}`, revision);
  for (const { id, revision } of policies.approvals.covering(place)) revisions.set(`approval ${id}`, revision);
  return { revisions, rules: new Map(rules.map((rule) => [rule.id, rule])) };
}

function waitsForReason(
  reason: VerdictReason,
  rule: Rule | undefined,
  { active, governance, now, turn }: VerdictContext,
): readonly string[] {
  if (reason.id === 'one-at-a-time') return active.map(({ id }) => endOf(id));
  if (reason.id === 'its-turn') return turnOf(turn?.ahead ?? []);
  return rule === undefined || governance === undefined ? [] : waitsForOf(rule, governance.facts, now);
}

/** It waits for those before it, in the queues of these limits. */
function turnOf(ahead: NonNullable<VerdictContext['turn']>['ahead']): readonly string[] {
  return [...new Set([...ahead.map(({ deploymentId }) => endOf(deploymentId)), ...ahead.map(({ limitId }) => queueOf(limitId))])];
}

/** Something that was kept before and has not ended. */
export interface OpenSaid extends Said {
  id: string;
}

/** What has to be written so that what is kept is what is said now. */
export interface SaidChanges {
  begun: readonly Said[];
  /** Still said, in other words, or waiting for something else. */
  changed: readonly OpenSaid[];
  endedIds: readonly string[];
}

/** Compares what is kept with what is said now. The same policy with another effect, or passed by an exemption, is something new. */
export function changesOf(open: readonly OpenSaid[], said: readonly Said[]): SaidChanges {
  const kept = new Map(open.map((one) => [keyOf(one), one]));
  const now = new Set(said.map(keyOf));
  return {
    begun: said.filter((one) => !kept.has(keyOf(one))),
    changed: said.flatMap((one) => {
      const before = kept.get(keyOf(one));
      return before === undefined || isSame(before, one) ? [] : [{ ...one, id: before.id }];
    }),
    endedIds: open.filter((one) => !now.has(keyOf(one))).map(({ id }) => id),
  };
}

function keyOf({ source, policyId, isShadow, effect, exemption }: Said): string {
  return [source, policyId, isShadow, effect, exemption].join(' ');
}

function isSame(before: Said, now: Said): boolean {
  return (
    before.sentence === now.sentence &&
    before.revision === now.revision &&
    before.earliestAt?.getTime() === now.earliestAt?.getTime() &&
    before.waitsFor.join(' ') === now.waitsFor.join(' ')
  );
}

/** Whether nothing has to be written. */
export function isUnchanged({ begun, changed, endedIds }: SaidChanges): boolean {
  return begun.length + changed.length + endedIds.length === 0;
}
