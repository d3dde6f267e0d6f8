import { z } from 'zod';
import { role } from '../rights/index.ts';
import { appliesTo, enforcement, owner, scope } from '../rule/index.ts';

const id = z.string().min(1).max(64);

/** Who may approve: one person, everyone in a group of the tenant, everyone in a role, or the code owners of what changes. */
export const approver = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), userId: id }),
  z.strictObject({ kind: z.literal('group'), groupId: id }),
  z.strictObject({ kind: z.literal('role'), role }),
  z.strictObject({ kind: z.literal('codeOwners') }),
]);
export type Approver = z.infer<typeof approver>;

/** So many of these must say yes. One person counts for one group of a policy only. */
export const approverGroup = z.strictObject({
  title: z.string().min(1).max(60),
  who: z.array(approver).min(1).max(20),
  count: z.number().int().min(1).max(10).default(1),
  /** The no of one of them ends the request, whatever the policy says of others. */
  hasVeto: z.boolean().default(false),
});
export type ApproverGroup = z.infer<typeof approverGroup>;

const stage = z.strictObject({ groups: z.array(approverGroup).min(1).max(5) });

/** All groups of the stages, in the order in which they are asked. */
export function groupsOf(stages: readonly { groups: readonly ApproverGroup[] }[]): readonly ApproverGroup[] {
  return stages.flatMap(({ groups }) => groups);
}

/** Who must say yes before something is deployed: one revision of it. */
export const approvalPolicy = z
  .strictObject({
    id,
    revision: z.number().int().positive(),
    title: z.string().min(1).max(100),
    owner,
    scope,
    appliesTo,
    enforcement,
    /** Asked one after the other; the groups of one stage are asked together. */
    stages: z.array(stage).min(1).max(5),
    /** Whose no ends the request: anyone's who may vote, or only that of groups with a veto. Another no is an objection that all can read. */
    rejection: z.enum(['anyone', 'veto']).default('anyone'),
    /** How long people have to decide. */
    lifetimeHours: z.number().int().min(1).max(720).default(72),
    /** How long before its end those who can still help are told again; 0 for never. */
    remindBeforeHours: z.number().int().min(0).max(720).default(4),
    /** Whoever a person has named for the time of their absence may vote in their place. */
    allowsStandIns: z.boolean().default(true),
    /** Who may approve in place of a group of which too few are left; nobody named means the admins of the tenant. */
    fallback: z.array(approver).max(20).default([]),
    /** While this condition (CEL) is true nobody is asked; the reason, a text with `{{ expression }}`, is kept. */
    autoApproval: z
      .strictObject({ condition: z.string().min(1).max(4_000), reason: z.string().min(1).max(500) })
      .nullable()
      .default(null),
  })
  .refine(({ rejection, stages }) => rejection === 'anyone' || groupsOf(stages).some((group) => group.hasVeto), {
    message: 'give at least one group a veto, or let anyone reject',
    path: ['rejection'],
  });
export type ApprovalPolicy = z.infer<typeof approvalPolicy>;
export type ApprovalPolicyInput = z.input<typeof approvalPolicy>;

/** How long people have when no policy says so, in hours. */
export const usualLifetimeHours = 72;
/** How long before the end they are told again when no policy says so, in hours. */
export const usualReminderHours = 4;

/** Everyone whom a policy can name: in its groups and as a fallback. */
export function approversOf(policy: Pick<ApprovalPolicy, 'stages' | 'fallback'>): readonly Approver[] {
  return [...groupsOf(policy.stages).flatMap((group) => group.who), ...policy.fallback];
}
