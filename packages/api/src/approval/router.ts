import { approvalState, answer, mayVote } from '@flow/core/approval';
import { findApproval, listApprovals } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { findNames } from '@flow/db/person';
import { vote, voteInput } from '@flow/operations/approval';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { id, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import type { TenantContext } from '../trpc/index.ts';

/** A request for approval as the inbox and its page show it. */
export const approvalItem = z.object({
  id: z.string(),
  deploymentId: z.string(),
  state: approvalState,
  /** What a vote is bound to: send it back as `shownHash`. */
  subjectHash: z.string(),
  requiredCount: z.number(),
  expiresAt: instant,
  createdAt: instant,
  decidedAt: instant.nullable(),
  requestedByName: z.string().nullable(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  environmentSlug: z.string(),
  environmentName: z.string(),
  version: z.string(),
  commitMessage: z.string(),
  votes: z.array(
    z.object({ userId: z.string(), userName: z.string(), answer, comment: z.string(), createdAt: instant, counts: z.boolean() }),
  ),
  /** Whether I may vote now, and if not, why. */
  canVote: z.boolean(),
  whyNot: z.string(),
});

/** Rows as this person sees them: names of people, and whether they may vote. */
export async function presentApprovals(ctx: TenantContext, rows: readonly ApprovalRow[]): Promise<z.input<typeof approvalItem>[]> {
  const names = await findNames(
    ctx.reader,
    rows.flatMap((row) => [row.requestedBy, ...row.votes.map((one) => one.userId)]),
  );
  return rows.map((row) => {
    const whyNot = whyNotVoting(ctx, row);
    const votes = row.votes.map((one) => ({ ...one, userName: names.get(one.userId) ?? '', counts: one.shownHash === row.subjectHash }));
    return { ...row, requestedByName: names.get(row.requestedBy ?? '') ?? null, votes, canVote: whyNot === '', whyNot };
  });
}

function whyNotVoting(ctx: TenantContext, row: ApprovalRow): string {
  const { actor, now } = ctx.operation;
  if (actor.kind !== 'person' || !ctx.rights.includes('approval:vote')) return 'Your role does not include voting';
  if (row.votes.some((one) => one.userId === actor.userId && one.shownHash === row.subjectHash)) return 'You have voted';
  const may = mayVote(row, { userId: actor.userId, answer: 'approve', shownHash: row.subjectHash }, now);
  return may.ok ? '' : may.reason;
}

export const approvalRouter = router({
  /** Requests, newest first; pending ones unless other states are asked for. */
  inbox: tenantProcedure
    .meta({ policy: { right: 'approval:read' } })
    .input(inTenant({ ...pageFields, states: z.array(approvalState).min(1).max(5).default(['pending']) }))
    .output(pageOf(approvalItem))
    .query(async ({ ctx, input: { cursor, limit, states } }) => {
      const page = await listApprovals(ctx.reader, ctx.tenant.id, { cursor, limit, states });
      return { items: await presentApprovals(ctx, page.items), nextCursor: page.nextCursor };
    }),

  get: tenantProcedure
    .meta({ policy: { right: 'approval:read' } })
    .input(inTenant({ approvalId: id }))
    .output(approvalItem)
    .query(async ({ ctx, input }) => {
      const row = await findApproval(ctx.reader, ctx.tenant.id, input.approvalId);
      const [item] = row === null ? [] : await presentApprovals(ctx, [row]);
      if (item === undefined) throw notFound('approval');
      return item;
    }),

  vote: tenantProcedure
    .meta({ policy: { right: 'approval:vote' } })
    .input(inTenant(voteInput.shape))
    .output(z.object({ state: approvalState, missingCount: z.number() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => vote(ctx.operation, input)),
});
