import { userIdOf } from '@flow/core/rights';
import { listStandIns } from '@flow/db/approval';
import { findNames } from '@flow/db/person';
import { endStandIn, endStandInInput, nameStandIn } from '@flow/operations/approval';
import { z } from 'zod';
import { standInItem } from '../approval/schemas.ts';
import { done, id, inTenant, router, tenantProcedure } from '../trpc/index.ts';

const reading = tenantProcedure.meta({ policy: { right: 'approval:read' } });

export const standInRouter = router({
  /** Who votes in whose place now or later: all of the tenant, or those that concern me. */
  list: reading
    .input(inTenant({ isMine: z.boolean().default(false) }))
    .output(z.array(standInItem))
    .query(async ({ ctx, input }) => {
      const mine = userIdOf(ctx.operation.actor);
      const rows = await listStandIns(ctx.reader, ctx.tenant.id, { now: ctx.operation.now, concerning: input.isMine ? mine : null });
      const names = await findNames(
        ctx.reader,
        rows.flatMap((row) => [row.userId, row.standInId]),
      );
      const nameOf = (userId: string): string => names.get(userId) ?? '';
      const canEnd = (userId: string): boolean => userId === mine || ctx.rights.includes('member:manage');
      return rows.map((row) => ({ ...row, userName: nameOf(row.userId), standInName: nameOf(row.standInId), canEnd: canEnd(row.userId) }));
    }),

  /** Names who votes in my place for a time; for somebody else, with the right over members. */
  name: reading
    .input(
      inTenant({
        userId: id.optional(),
        standInId: id,
        startsAt: z.iso.datetime(),
        endsAt: z.iso.datetime(),
        reason: z.string().trim().max(200).default(''),
      }),
    )
    .output(z.object({ standInId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => nameStandIn(ctx.operation, input)),

  end: reading
    .input(inTenant(endStandInInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { standInId } }) => {
      await endStandIn(ctx.operation, { standInId });
      return { ok: true };
    }),
});
