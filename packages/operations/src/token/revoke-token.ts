import { FlowError } from '@flow/core/fault';
import { can } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { endToken, findToken } from '@flow/db/token';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const revokeTokenInput = z.strictObject({ tokenId: z.string().min(1).max(64) });

/** Ends an access token at once: one's own, or as an admin anyone's. Someone else's token is as good as none to others. */
export async function revokeToken(ctx: OperationContext, input: z.input<typeof revokeTokenInput>): Promise<void> {
  requireRight(ctx, 'token:create');
  const person = requirePerson(ctx);
  const { tokenId } = parseInput(revokeTokenInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const token = await findToken(tx, ctx.tenantId, tokenId);
    const isTheirs = token?.userId === person.userId || can(ctx.actor, 'member:manage', ctx.tenantId);
    if (token === null || !isTheirs) throw notFound('token');
    if (!(await endToken(tx, ctx.tenantId, { id: tokenId, revokedAt: ctx.now })))
      throw new FlowError({ code: 'conflict', message: `${token.name} was revoked before` });
    await recordChange(ctx, tx, { action: 'token.revoke', subject: `token:${tokenId}`, summary: `Revoked the access token ${token.name}` });
  });
}
