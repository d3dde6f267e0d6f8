import { z } from 'zod';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import { toAppliesTo, toAppliesToTexts } from '../policy/applies-to.tsx';
import type { AppliesToField } from '../policy/applies-to.tsx';
import { ruleEffect } from './effects.tsx';

/** The fields of the form of a rule, named after the paths that the server objects to. */
export type RuleField =
  | HeadField
  | 'document.effect.kind'
  | 'document.effect.count'
  | AppliesToField
  | 'document.condition'
  | 'document.message'
  | 'document.liftedBy';

const text = z.string().catch('');

/** The condition of a rule: one of its own, or that of a rule that comes with Flow. */
const ruleCondition = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('expression'), source: z.string() }),
    z.object({
      kind: z.literal('builtIn'),
      use: z.object({ key: z.string(), settings: z.record(z.string(), z.number()).catch({}) }),
    }),
  ])
  .catch({ kind: 'expression', source: '' });

/** A rule that comes with Flow, with its numbers as they are typed. */
export interface BuiltInTexts {
  key: string;
  settings: Readonly<Record<string, string>>;
}

/** The rule that comes with Flow behind this condition; null for a condition of its own. */
export function toBuiltInTexts(condition: unknown): BuiltInTexts | null {
  const read = ruleCondition.parse(condition);
  if (read.kind === 'expression') return null;
  const { key, settings } = read.use;
  return { key, settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])) };
}

/** The condition that the texts say. What is no number is sent as it is: the server says what is wrong with it. */
export function toBuiltInCondition({ key, settings }: BuiltInTexts): {
  kind: 'builtIn';
  use: { key: string; settings: Record<string, number | string> };
} {
  const numbers = Object.entries(settings).map(([name, value]) => [name, toNumber(value)] as const);
  return { kind: 'builtIn', use: { key, settings: Object.fromEntries(numbers) } };
}

/** A number as it was typed; the text itself when it is none. */
function toNumber(text: string): number | string {
  const trimmed = text.trim();
  return trimmed === '' || !Number.isFinite(Number(trimmed)) ? trimmed : Number(trimmed);
}

/** What the form of a rule begins with. */
export function toRuleTexts(policy: PolicyDetail | null): Record<RuleField, string> {
  const document = policy?.document ?? {};
  const effect = ruleEffect.parse(document['effect']);
  const condition = ruleCondition.parse(document['condition']);
  return {
    ...headTexts(policy),
    'document.effect.kind': effect.kind,
    'document.effect.count': String(effect.count ?? 1),
    ...toAppliesToTexts(document['appliesTo']),
    'document.condition': condition.kind === 'expression' ? condition.source : '',
    'document.message': text.parse(document['message']),
    'document.liftedBy': text.parse(document['liftedBy']),
  };
}

/** The document that the form says. `builtIn` is the condition that comes with Flow, while the rule uses one. */
export function toRuleDocument(texts: Readonly<Record<RuleField, string>>, builtIn: BuiltInTexts | null): PolicyDocument {
  const kind = texts['document.effect.kind'];
  return {
    ...headDocument(texts),
    effect: kind === 'requireApprovals' ? { kind, count: toNumber(texts['document.effect.count']) } : { kind },
    appliesTo: toAppliesTo(texts),
    condition: builtIn === null ? { kind: 'expression', source: texts['document.condition'] } : toBuiltInCondition(builtIn),
    message: texts['document.message'],
    liftedBy: texts['document.liftedBy'],
  };
}
