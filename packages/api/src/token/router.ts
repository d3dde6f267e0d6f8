import { tokenScope } from '@flow/core/rights';
import { listTokens } from '@flow/db/token';
import { createToken, createTokenInput, revokeToken, revokeTokenInput } from '@flow/operations/token';
import { z } from 'zod';
import { done, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

/** An access token as its owner or an admin sees it: never the token itself. */
const token = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(tokenScope),
  owner: z.object({ userId: z.string(), name: z.string() }),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
const owning = tenantProcedure.meta({ policy: { right: 'token:create' } });

export const tokenRouter = router({
  /** My tokens in this tenant; an admin sees everyone's. */
  list: owning
    .input(inTenant(pageFields))
    .output(pageOf(token))
    .query(({ ctx, input: { cursor, limit } }) => {
      const userId = ctx.rights.includes('member:manage') ? undefined : ctx.session?.actor.userId;
      return listTokens(ctx.reader, ctx.tenant.id, { cursor, limit, userId });
    }),

  create: owning
    .input(inTenant(createTokenInput.shape))
    .output(z.object({ tokenId: z.string(), token: z.string(), expiresAt: instant }))
    .mutation(({ ctx, input: { name, scopes, days } }) => createToken(ctx.operation, { name, scopes, days })),

  revoke: owning
    .input(inTenant(revokeTokenInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tokenId } }) => {
      await revokeToken(ctx.operation, { tokenId });
      return { ok: true };
    }),
});
