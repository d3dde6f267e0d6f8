import { ledgerCase, ledgerEntry } from '@flow/core/ledger';
import { readCases, readCasesInput, readLedger, readLedgerInput } from '@flow/operations/ledger';
import { z } from 'zod';
import { inTenant, instant, router, tenantProcedure } from '../trpc/index.ts';

const reading = tenantProcedure.meta({ policy: { right: 'policy:read' } });
const entry = z.object({ ...ledgerEntry.shape, title: z.string() });
const behind = z.object({ ...ledgerCase.shape, at: instant, serviceName: z.string(), environmentName: z.string() });

export const ledgerRouter = router({
  /** What each policy, each rule of Flow's own and each group of approvers has cost and saved. */
  get: reading
    .input(inTenant(readLedgerInput.shape))
    .output(z.object({ since: instant, isWhole: z.boolean(), entries: z.array(entry) }))
    .query(({ ctx, input: { days } }) => readLedger(ctx.operation, { days })),

  /** The deployments behind one of its numbers, those that weigh most first. */
  cases: reading
    .input(inTenant(readCasesInput.shape))
    .output(z.object({ total: z.number(), cases: z.array(behind) }))
    .query(({ ctx, input: { tenant: _tenant, ...input } }) => readCases(ctx.operation, input)),
});
