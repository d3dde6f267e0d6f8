import { answer, approvalState } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { countApprovals } from '@flow/db/approval';
import { vote } from '@flow/operations/approval';
import { notFound, requirePerson } from '@flow/operations/context';
import type { OperationContext } from '@flow/operations/context';
import { z } from 'zod';
import { id } from '../trpc/index.ts';

/** Requests that one answer is given to at once, each with what was shown of it. */
export const voteManyInput = z.strictObject({
  votes: z
    .array(z.strictObject({ approvalId: id, shownHash: z.string().min(1).max(200) }))
    .min(1)
    .max(50),
  answer,
  comment: z.string().trim().max(2_000).default(''),
});

/** What became of one of them: the state of the request, or the sentence why the vote was not taken. */
export const bulkOutcome = z.object({ approvalId: z.string(), state: approvalState.nullable(), refusal: z.string() });

/** Votes one after the other; a refusal of one keeps none of the others back. */
export async function voteMany(ctx: OperationContext, input: z.output<typeof voteManyInput>): Promise<z.input<typeof bulkOutcome>[]> {
  requirePerson(ctx);
  const { votes, ...said } = input;
  const ids = new Set(votes.map((one) => one.approvalId));
  if ((await countApprovals(ctx.db.prisma, ctx.tenantId, [...ids])) < ids.size) throw notFound('approval');
  const outcomes: z.input<typeof bulkOutcome>[] = [];
  for (const { approvalId, shownHash } of votes) outcomes.push(await voteOne(ctx, { approvalId, shownHash, ...said }));
  return outcomes;
}

async function voteOne(ctx: OperationContext, given: Parameters<typeof vote>[1]): Promise<z.input<typeof bulkOutcome>> {
  const { approvalId } = given;
  try {
    return { approvalId, state: (await vote(ctx, given)).state, refusal: '' };
  } catch (error) {
    if (error instanceof FlowError && error.code !== 'internal') return { approvalId, state: null, refusal: error.message };
    throw error;
  }
}
