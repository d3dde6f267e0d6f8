import { z } from 'zod';

const id = z.string().min(1).max(64);

/**
 * Permission for one deployment to pass one rule, freeze, guardrail or gate, once, until an end.
 * - `planned`: given beforehand; the rule is passed. `breakGlass`: taken in an emergency; the rule asks for approvals instead of what it did, and
 *   a review is opened that someone else must close.
 */
export const exemption = z
  .strictObject({
    id,
    deploymentId: id,
    /** Id of the rule, freeze, guardrail or gate: exactly this one. */
    ruleId: id,
    kind: z.enum(['planned', 'breakGlass']),
    reason: z.string().min(1).max(500),
    ticket: z.string().max(200),
    grantedBy: z.strictObject({ userId: id, name: z.string().max(100) }),
    grantedAt: z.date(),
    endsAt: z.date(),
    /** What has used it: the key of one use, for example of one start. Null while unused. */
    usedBy: z.string().max(200).nullable(),
    withdrawnAt: z.date().nullable(),
    /** Of a break-glass: how many people must say yes in all before it holds; fixed when it is taken, by `breakGlassNeeds`. */
    approvalsRequired: z.number().int().min(0).max(20).default(0),
  })
  .refine(({ grantedAt, endsAt }) => grantedAt < endsAt, { message: 'the end must come after the beginning', path: ['endsAt'] });
export type Exemption = z.infer<typeof exemption>;
export type ExemptionInput = z.input<typeof exemption>;

/** The longest that a break-glass may last, in milliseconds. */
export const maxBreakGlassMs = 4 * 60 * 60 * 1_000;

/** What wants to pass: one deployment, one rule, one use. */
export interface Pass {
  /** Null for a preview: it is no deployment, so nothing is exempt. */
  deploymentId: string | null;
  ruleId: string;
  /** The same for every look at the same use (each wave of one start); another one is another use. */
  useKey: string | null;
}

/** Whether the exemption lets this pass at the time. Another deployment, another rule, another use or another time: no. */
export function exempts(found: Exemption, pass: Pass, at: Date): boolean {
  return (
    pass.deploymentId !== null &&
    found.deploymentId === pass.deploymentId &&
    found.ruleId === pass.ruleId &&
    (found.usedBy === null || found.usedBy === pass.useKey) &&
    found.grantedAt <= at &&
    at < found.endsAt &&
    (found.withdrawnAt === null || at < found.withdrawnAt)
  );
}

/** The exemption that lets this pass, or null; of several the one that asks for the fewest people, then that of the lowest id. */
export function findExemption(all: readonly Exemption[], pass: Pass, at: Date): Exemption | null {
  const fitting = all.filter((one) => exempts(one, pass, at));
  return fitting.toSorted((left, right) => needOf(left) - needOf(right) || (left.id < right.id ? -1 : 1))[0] ?? null;
}

function needOf({ kind, approvalsRequired }: Exemption): number {
  return kind === 'planned' ? 0 : approvalsRequired;
}

/** Whether it can be marked as used by this use: nobody else has, it has not ended. What the database writes must ask the same again. */
export function mayUse(found: Exemption, useKey: string, at: Date): boolean {
  return exempts(found, { deploymentId: found.deploymentId, ruleId: found.ruleId, useKey }, at);
}
