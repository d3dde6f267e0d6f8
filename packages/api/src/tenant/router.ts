import { createTenant, createTenantInput } from '@flow/operations/tenancy';
import { createPerson, createPersonInput, disablePerson, disablePersonInput } from '@flow/operations/person';
import { z } from 'zod';
import { platformProcedure, router } from '../trpc/index.ts';

export const tenantRouter = router({
  create: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(createTenantInput)
    .output(z.object({ tenantId: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const made = await createTenant(ctx.operationIn(), input);
      ctx.services.sessions.forgetPerson(ctx.actor.kind === 'person' ? ctx.actor.userId : '');
      return made;
    }),
});

export const personRouter = router({
  create: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(createPersonInput)
    .output(z.object({ userId: z.string() }))
    .mutation(({ ctx, input }) => createPerson(ctx.operationIn(), input)),

  disable: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(disablePersonInput)
    .output(z.object({ endedCount: z.number() }))
    .mutation(async ({ ctx, input }) => {
      const ended = await disablePerson(ctx.operationIn(), input);
      ctx.services.sessions.forgetPerson(input.userId);
      return ended;
    }),
});
