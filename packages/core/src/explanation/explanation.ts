import { z } from 'zod';
import { plan } from '../deployment/index.ts';
import { right } from '../rights/index.ts';
import { enforcement, shownInput } from '../rule/index.ts';
import { reasonEffect, reasonSource, verdict } from '../verdict/index.ts';

/**
 * How something that was considered stands to the request.
 * - `deny`, `hold`, `approvals`: it stands against it. `note`: it only tells, or an exemption has lifted it.
 * - `passes`: it was asked and has nothing against it. `notAsked`: it does not apply here, or is switched off.
 */
export const standing = z.enum([...reasonEffect.options, 'passes', 'notAsked']);
export type Standing = z.infer<typeof standing>;

/** What somebody can do about it, and who may: everyone with the right in the tenant, or whoever runs the platform. */
export const help = z.strictObject({ toDo: z.string(), right: z.union([right, z.literal('platformAdmin')]) });
export type Help = z.infer<typeof help>;

/** One rule, freeze, guardrail, gate or rule of Flow's own that was considered. */
export const consideration = z.strictObject({
  source: reasonSource,
  /** Id of the policy; of Flow's own the name. */
  id: z.string(),
  /** Null for Flow's own. */
  revision: z.number().int().nullable(),
  title: z.string(),
  owner: z.string(),
  enforcement,
  standing,
  /** What it says, or why it has nothing to say. */
  sentences: z.array(z.string()).min(1),
  /** The condition of a rule, as it was asked; empty for everything else. */
  condition: z.string(),
  /** What was looked at, with the values found. */
  inputs: z.array(shownInput),
  /** Who or what lifts it; empty when nothing has to be lifted. */
  liftedBy: z.string(),
  /** When time alone lifts it; null when it does not. */
  earliestAt: z.date().nullable(),
  helps: z.array(help),
});
export type Consideration = z.infer<typeof consideration>;

/** The smallest edits by which a plan that guardrails refuse would pass, and what they cost. */
export const nearest = z.strictObject({
  plan,
  /** What is changed, one sentence each. */
  changes: z.array(z.string()).min(1),
  /** How much longer it takes at least. */
  addedSeconds: z.number(),
  /** What no plan can mend, one sentence each. */
  remaining: z.array(z.string()),
  /** Nothing refuses the request when it goes by this plan. */
  isEnough: z.boolean(),
});
export type Nearest = z.infer<typeof nearest>;

/** Everything that was considered for one request at one time, and what came of it. What stands against it comes first. */
export const explanation = z.strictObject({
  at: z.date(),
  verdict,
  considered: z.array(consideration),
  /** Null when no guardrail refuses it, and when no plan would help. */
  nearestPlan: nearest.nullable(),
});
export type Explanation = z.infer<typeof explanation>;
