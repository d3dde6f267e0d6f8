import { listGroups } from '@flow/db/tenancy';
import { removeGroup, removeGroupInput, saveGroup, saveGroupInput } from '@flow/operations/group';
import { z } from 'zod';
import { done, inTenant, instant, router, tenantProcedure } from '../trpc/index.ts';

const group = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** How CODEOWNERS files name it; empty when they do not. */
  ownersName: z.string(),
  createdAt: instant,
  members: z.array(z.object({ userId: z.string(), name: z.string(), isDisabled: z.boolean() })),
});
const managing = tenantProcedure.meta({ policy: { right: 'member:manage' } });

export const groupRouter = router({
  /** All groups by name: there are few. */
  list: tenantProcedure
    .meta({ policy: { right: 'member:read' } })
    .input(inTenant({}))
    .output(z.array(group))
    .query(({ ctx }) => listGroups(ctx.reader, ctx.tenant.id)),

  save: managing
    .input(inTenant(saveGroupInput.shape))
    .output(z.object({ groupId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => saveGroup(ctx.operation, input)),

  remove: managing
    .input(inTenant(removeGroupInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { groupId } }) => {
      await removeGroup(ctx.operation, { groupId });
      return { ok: true };
    }),
});
