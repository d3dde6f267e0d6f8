import { FlowError } from '@flow/core/fault';
import { tokenScope } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { countLiveTokens, insertToken } from '@flow/db/token';
import { z } from 'zod';
import { parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { newApiToken } from './verify-token.ts';

const dayMs = 24 * 60 * 60 * 1_000;
/** Tokens that one person may have at once in one tenant. */
const liveTokensMax = 20;

export const createTokenInput = z.strictObject({
  name: z.string().trim().min(1, 'give it a name that says what it is for').max(80),
  scopes: z.array(tokenScope).min(1, 'choose at least one').max(tokenScope.options.length),
  /** Days from now until it ends by itself. */
  days: z.number().int().min(1).max(366).default(90),
});

export interface CreatedToken {
  tokenId: string;
  /** Shown this once; Flow keeps its hash alone. */
  token: string;
  expiresAt: Date;
}

/** Makes an access token for programs of the person who asks, in this tenant. It never may more than its owner. */
export async function createToken(ctx: OperationContext, input: z.input<typeof createTokenInput>): Promise<CreatedToken> {
  requireRight(ctx, 'token:create');
  const person = requirePerson(ctx);
  const wanted = parseInput(createTokenInput, input);
  const { token, tokenHash } = newApiToken();
  const tokenId = ctx.newId();
  const expiresAt = new Date(ctx.now.getTime() + wanted.days * dayMs);
  await inTransaction(ctx.db, async (tx) => {
    if ((await countLiveTokens(tx, ctx.tenantId, { userId: person.userId, now: ctx.now })) >= liveTokensMax) {
      throw new FlowError({
        code: 'precondition',
        message: `You have ${liveTokensMax} tokens here: revoke one that is not needed any more`,
      });
    }
    const { name, scopes } = wanted;
    await insertToken(tx, ctx.tenantId, { id: tokenId, userId: person.userId, name, scopes, tokenHash, createdAt: ctx.now, expiresAt });
    await recordChange(ctx, tx, {
      action: 'token.create',
      subject: `token:${tokenId}`,
      summary: `Made the access token ${name} (${scopes.join(', ')})`,
      after: { name, scopes, expiresAt: expiresAt.toISOString() },
    });
  });
  return { tokenId, token, expiresAt };
}
