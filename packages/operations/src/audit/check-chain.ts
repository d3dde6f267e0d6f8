import type { ChainFault } from '@flow/core/audit';
import { findCheck, insertCheckpoint, saveCheck } from '@flow/db/audit';
import { inTransaction } from '@flow/db/client';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { Change, OperationContext } from '../context/index.ts';
import type { CheckpointSigner } from './checkpoint-key.ts';
import { findKnownHeads } from './known-heads.ts';
import { walkWholeChain } from './walk-whole-chain.ts';
import type { ChainAnswer } from './walk-whole-chain.ts';

export const checkChainInput = z.strictObject({
  /** From its first entry on, as against from where the check before ended. */
  isWhole: z.boolean().default(false),
});

/** What a check found, and the note by which the new end of the chain was signed; null when there is no key, nothing new, or a fault. */
export interface ChainCheck extends ChainAnswer {
  note: string | null;
}

/**
 * Walks over the chain of the context's tenant, keeps what it found, and signs its end. A fault is recorded once, stays until a walk over the whole chain
 * finds none, and signs nothing: what is signed was seen to hold.
 */
export async function checkChain(
  ctx: OperationContext,
  input: z.input<typeof checkChainInput>,
  { signer, signal }: { signer: CheckpointSigner | null; signal: AbortSignal },
): Promise<ChainCheck> {
  requireSystem(ctx);
  const wanted = parseInput(checkChainInput, input);
  const before = await findCheck(ctx.db.prisma, ctx.tenantId);
  const isWhole = wanted.isWhole || before === null || before.fault !== null;
  const known = await findKnownHeads(ctx.db.prisma, ctx.tenantId, signer?.verifier ?? null);
  const answer = await walkWholeChain(ctx.db.prisma, ctx.tenantId, { ...(isWhole ? {} : { from: before }), known, signal });
  const note = noteOf(ctx, answer, { signer, signedSeq: known[0]?.seq ?? 0 });
  await inTransaction(ctx.db, async (tx) => {
    const fault = answer.fault?.sentence ?? null;
    await saveCheck(tx, ctx.tenantId, { ...answer.held, fault, checkedAt: ctx.now, wholeAt: isWhole ? ctx.now : before.wholeAt });
    if (note !== null) await insertCheckpoint(tx, ctx.tenantId, { seq: answer.held.seq, at: ctx.now, note });
    if (answer.fault !== null && fault !== before?.fault) await recordChange(ctx, tx, faultChange(ctx.tenantId, answer.fault));
  });
  return { ...answer, note };
}

/** The signed end of a chain that holds, if it has moved since the last one. */
function noteOf(
  ctx: OperationContext,
  { fault, held }: ChainAnswer,
  { signer, signedSeq }: { signer: CheckpointSigner | null; signedSeq: number },
): string | null {
  if (fault !== null || signer === null || held.seq <= signedSeq) return null;
  return signer.sign({ ...held, tenantId: ctx.tenantId, at: ctx.now });
}

function faultChange(tenantId: string, { seq, kind, sentence }: ChainFault): Change {
  return {
    action: 'audit.fault',
    subject: `audit:${tenantId}`,
    summary: `The record does not hold: ${sentence}`,
    after: { seq, kind },
    event: { type: 'audit.appended', topics: [], data: { isIntact: false } },
  };
}
