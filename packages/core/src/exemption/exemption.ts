import { z } from 'zod';

const id = z.string().min(1).max(64);

/** How often it opens: for one deployment, or for every deployment in its scope until it ends. */
export const exemptionUse = z.enum(['once', 'forTime']);
export type ExemptionUse = z.infer<typeof exemptionUse>;

/** `planned`: somebody else gave it beforehand. `breakGlass`: taken in an emergency, it leaves a review that someone else must close. */
export const exemptionKind = z.enum(['planned', 'breakGlass']);
export type ExemptionKind = z.infer<typeof exemptionKind>;

/** Permission to pass one rule, freeze, guardrail or gate in one place until an end. What it passes asks for people instead of what it did. */
export const exemption = z
  .strictObject({
    id,
    /** Id of the rule, freeze, guardrail or gate: exactly this one. */
    ruleId: id,
    kind: exemptionKind,
    use: exemptionUse,
    serviceId: id,
    environmentId: id,
    /** Of this artifact only; null for any. */
    digest: z.string().max(100).nullable(),
    /** Of this deployment only; null for any of the service in the environment. */
    deploymentId: id.nullable(),
    reason: z.string().min(1).max(500),
    ticket: z.string().max(200),
    grantedBy: z.strictObject({ userId: id, name: z.string().max(100) }),
    grantedAt: z.date(),
    endsAt: z.date(),
    /** What has used one that opens once: the key of the use, which is the id of a deployment. Null while unused. */
    usedBy: z.string().max(200).nullable(),
    withdrawnAt: z.date().nullable(),
    /** How many people must say yes in all before it holds; fixed when it is given. */
    approvalsRequired: z.number().int().min(0).max(20).default(0),
  })
  .refine(({ grantedAt, endsAt }) => grantedAt < endsAt, { message: 'the end must come after the beginning', path: ['endsAt'] });
export type Exemption = z.infer<typeof exemption>;
export type ExemptionInput = z.input<typeof exemption>;

const hourMs = 60 * 60 * 1_000;
/** The longest that an exemption may last, in milliseconds. */
export const maxExemptionMs = { breakGlass: 4 * hourMs, planned: 30 * 24 * hourMs } as const satisfies Record<ExemptionKind, number>;

/** What wants to pass: one request, one rule, one use. */
export interface Pass {
  ruleId: string;
  serviceId: string;
  environmentId: string;
  digest: string;
  /** Null for a request that is no deployment yet: what is given to one deployment does not open for it. */
  deploymentId: string | null;
  /** The same for every look at the same use (each wave of one start); another one is another use. */
  useKey: string | null;
}

/** Whether the exemption lets this pass at the time. Another place, deployment, artifact, rule, use or time: no. */
export function exempts(found: Exemption, pass: Pass, at: Date): boolean {
  return found.ruleId === pass.ruleId && isInScope(found, pass) && isFree(found, pass) && isOpen(found, at);
}

function isInScope(found: Exemption, pass: Pass): boolean {
  if (found.serviceId !== pass.serviceId || found.environmentId !== pass.environmentId) return false;
  if (found.digest !== null && found.digest !== pass.digest) return false;
  return found.deploymentId === null || found.deploymentId === pass.deploymentId;
}

function isFree({ use, usedBy }: Exemption, { useKey }: Pass): boolean {
  return use === 'forTime' || usedBy === null || usedBy === useKey;
}

function isOpen({ grantedAt, endsAt, withdrawnAt }: Exemption, at: Date): boolean {
  return grantedAt <= at && at < endsAt && (withdrawnAt === null || at < withdrawnAt);
}

/** The exemption that lets this pass, or null; of several the one that asks for the fewest people, then a planned one, then that of the lowest id. */
export function findExemption(all: readonly Exemption[], pass: Pass, at: Date): Exemption | null {
  return all.filter((one) => exempts(one, pass, at)).toSorted(easiestFirst)[0] ?? null;
}

function easiestFirst(left: Exemption, right: Exemption): number {
  const isGlass = ({ kind }: Exemption): number => (kind === 'breakGlass' ? 1 : 0);
  return left.approvalsRequired - right.approvalsRequired || isGlass(left) - isGlass(right) || (left.id < right.id ? -1 : 1);
}
