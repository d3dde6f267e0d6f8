import { right, rightsOfRole, role, roleSentences } from '@flow/core/rights';
import { z } from 'zod';
import { inTenant, router, tenantProcedure } from '../trpc/index.ts';

export const roleRouter = router({
  /** What each role is for and may do. */
  list: tenantProcedure
    .meta({ policy: { right: 'member:read' } })
    .input(inTenant({}))
    .output(z.array(z.object({ role, sentence: z.string(), rights: z.array(right) })))
    .query(() => role.options.map((one) => ({ role: one, sentence: roleSentences[one], rights: [...rightsOfRole[one]] }))),
});
