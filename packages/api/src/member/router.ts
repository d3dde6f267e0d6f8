import { role } from '@flow/core/rights';
import { findMembers, listMembers } from '@flow/db/tenancy';
import { addMember, addMemberInput, changeRole, changeRoleInput, removeMember, removeMemberInput } from '@flow/operations/tenancy';
import { z } from 'zod';
import { done, id, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

const member = z.object({ userId: z.string(), name: z.string(), email: z.string(), role, isDisabled: z.boolean(), createdAt: instant });
const managing = tenantProcedure.meta({ policy: { right: 'member:manage' } });

export const memberRouter = router({
  list: tenantProcedure
    .meta({ policy: { right: 'member:read' } })
    .input(inTenant({ ...pageFields, search: z.string().max(100).default('') }))
    .output(pageOf(member))
    .query(({ ctx, input: { cursor, limit, search } }) => listMembers(ctx.reader, ctx.tenant.id, { cursor, limit, search })),

  /** The members among these people. */
  named: tenantProcedure
    .meta({ policy: { right: 'member:read' } })
    .input(inTenant({ userIds: z.array(id).max(100) }))
    .output(z.array(member))
    .query(({ ctx, input }) => findMembers(ctx.reader, ctx.tenant.id, input.userIds)),

  add: managing
    .input(inTenant(addMemberInput.shape))
    .output(z.object({ userId: z.string() }))
    .mutation(async ({ ctx, input: { email, role: given } }) => {
      const added = await addMember(ctx.operation, { email, role: given });
      ctx.services.sessions.forgetPerson(added.userId);
      return added;
    }),

  changeRole: managing
    .input(inTenant(changeRoleInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { userId, role: given } }) => {
      await changeRole(ctx.operation, { userId, role: given });
      ctx.services.sessions.forgetPerson(userId);
      return { ok: true };
    }),

  remove: managing
    .input(inTenant(removeMemberInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { userId } }) => {
      await removeMember(ctx.operation, { userId });
      ctx.services.sessions.forgetPerson(userId);
      return { ok: true };
    }),
});
