import { answer, approvalState } from '@flow/core/approval';
import { listApprovals } from '@flow/db/approval';
import {
  assessApproval,
  assessApprovalInput,
  openLink,
  openLinkInput,
  vote,
  voteByLink,
  voteByLinkInput,
  voteInput,
  withdrawVote,
  withdrawVoteInput,
} from '@flow/operations/approval';
import { z } from 'zod';
import { id, inTenant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { presentApproval, presentApprovals } from './present.ts';
import { approvalDetail, approvalItem, approvalRisk, voteOutcome } from './schemas.ts';
import { bulkOutcome, voteMany, voteManyInput } from './vote-many.ts';

/** Who may vote is said by the policies of each request: the operation asks them. */
const reading = tenantProcedure.meta({ policy: { right: 'approval:read' } });

const filters = {
  states: z.array(approvalState).min(1).max(5).default(['pending']),
  serviceId: id.optional(),
  environmentId: id.optional(),
};

export const approvalRouter = router({
  /** Requests, newest first; pending ones unless other states are asked for. */
  inbox: reading
    .input(inTenant({ ...pageFields, ...filters }))
    .output(pageOf(approvalItem))
    .query(async ({ ctx, input: { tenant: _tenant, ...query } }) => {
      const page = await listApprovals(ctx.reader, ctx.tenant.id, query);
      return { items: await presentApprovals(ctx, page.items), nextCursor: page.nextCursor };
    }),

  get: reading
    .input(inTenant({ approvalId: id }))
    .output(approvalDetail)
    .query(({ ctx, input }) => presentApproval(ctx, input.approvalId)),

  /** What a yes would mean, and what has changed since my last one. */
  risk: reading
    .input(inTenant(assessApprovalInput.shape))
    .output(approvalRisk)
    .query(({ ctx, input: { approvalId } }) => assessApproval(ctx.operation, { approvalId })),

  vote: reading
    .input(inTenant(voteInput.shape))
    .output(voteOutcome)
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => vote(ctx.operation, input)),

  /** The same answer with one comment to several requests, each for itself: what became of each is told. */
  voteMany: reading
    .input(inTenant(voteManyInput.shape))
    .output(z.array(bulkOutcome))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => voteMany(ctx.operation, input)),

  /** What a link in a message stands for; opening it uses nothing up. */
  openLink: reading
    .input(inTenant(openLinkInput.shape))
    .output(z.object({ approvalId: z.string(), answer, shownHash: z.string(), whyNot: z.string() }))
    .query(({ ctx, input: { link } }) => openLink(ctx.operation, { link }, ctx.services.sealer)),

  /** The answer of a link, confirmed by the person it was sent to; each link works once. */
  voteByLink: reading
    .input(inTenant(voteByLinkInput.shape))
    .output(voteOutcome)
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => voteByLink(ctx.operation, input, ctx.services.sealer)),

  withdraw: reading
    .input(inTenant(withdrawVoteInput.shape))
    .output(voteOutcome)
    .mutation(({ ctx, input: { approvalId } }) => withdrawVote(ctx.operation, { approvalId })),
});
