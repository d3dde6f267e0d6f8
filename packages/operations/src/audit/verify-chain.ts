import { requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { CheckpointVerifier } from './checkpoint-key.ts';
import { findKnownHeads } from './known-heads.ts';
import { walkWholeChain } from './walk-whole-chain.ts';
import type { ChainAnswer } from './walk-whole-chain.ts';

/** Walks over the whole chain of the tenant now, against its signed ends. */
export async function verifyChain(
  ctx: OperationContext,
  verifier: CheckpointVerifier | null,
): Promise<ChainAnswer & { signedCount: number }> {
  requireRight(ctx, 'audit:read');
  const known = await findKnownHeads(ctx.db.prisma, ctx.tenantId, verifier);
  return { ...(await walkWholeChain(ctx.db.prisma, ctx.tenantId, { known })), signedCount: known.length };
}
