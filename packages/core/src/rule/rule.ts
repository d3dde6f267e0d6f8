import { z } from 'zod';
import { appliesTo, enforcement } from './action.ts';
import { scope } from './scope.ts';

/**
 * What a rule does while its condition is true.
 * - `allow`: it is noted that the rule speaks for it; it never outweighs another rule.
 * - `warn`: the reason is shown. `requireApprovals`: so many people must say yes in all. `hold`: it waits until the condition is false. `block`: refused.
 */
export const ruleEffect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('allow') }),
  z.strictObject({ kind: z.literal('warn') }),
  z.strictObject({ kind: z.literal('requireApprovals'), count: z.number().int().min(1).max(20) }),
  z.strictObject({ kind: z.literal('hold') }),
  z.strictObject({ kind: z.literal('block') }),
]);
export type RuleEffect = z.infer<typeof ruleEffect>;

/** Whose rule, freeze, guardrail or gate it is. */
export const owner = z.strictObject({ kind: z.enum(['platform', 'tenant', 'team']), name: z.string().min(1).max(100) });
export type Owner = z.infer<typeof owner>;

/** One of the rules that come with Flow, with the numbers that were chosen for it. */
export const builtInUse = z.strictObject({
  key: z.string().min(1).max(64),
  settings: z.record(z.string(), z.number().int().min(0).max(1_000_000)).default({}),
});
export type BuiltInUse = z.infer<typeof builtInUse>;

/** A rule as it is kept: one revision of it. Its condition is an expression of its own, or that of a built-in rule. */
export const rule = z.strictObject({
  id: z.string().min(1).max(64),
  revision: z.number().int().positive(),
  title: z.string().min(1).max(100),
  owner,
  scope,
  appliesTo,
  enforcement,
  effect: ruleEffect,
  condition: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('expression'), source: z.string().min(1).max(4_000) }),
    z.strictObject({ kind: z.literal('builtIn'), use: builtInUse }),
  ]),
  /** Text with `{{ expression }}`; empty for the message of the built-in rule, or the title. */
  message: z.string().max(500).default(''),
  /** Who or what lifts it, as people read it; empty for the built-in's own words. */
  liftedBy: z.string().max(200).default(''),
});
export type Rule = z.infer<typeof rule>;
export type RuleInput = z.input<typeof rule>;
