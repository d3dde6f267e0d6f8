import { findChainHead, findCheck, findNewestCheckpoint, listAuditEntries, listSeqs } from '@flow/db/audit';
import { verifyChain } from '@flow/operations/audit';
import { inTenant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { auditEntry, auditFilterFields, chainAnswer, chainState } from './schemas.ts';

const reading = tenantProcedure.meta({ policy: { right: 'audit:read' } });

export const auditRouter = router({
  /** Every change in the tenant, newest first. */
  list: reading
    .input(inTenant({ ...pageFields, ...auditFilterFields }))
    .output(pageOf(auditEntry))
    .query(async ({ ctx, input: { cursor, limit, tenant: _tenant, ...filter } }) => {
      const page = await listAuditEntries(ctx.reader, ctx.tenant.id, { cursor, limit, filter });
      const seqs = await listSeqs(
        ctx.reader,
        ctx.tenant.id,
        page.items.map((item) => item.id),
      );
      return { ...page, items: page.items.map((item) => ({ ...item, seq: seqs.get(item.id) ?? null })) };
    }),

  /** How far the chain of the record goes, and how far it was seen to hold. */
  chain: reading
    .input(inTenant({}))
    .output(chainState)
    .query(async ({ ctx }) => {
      const { checkpoints } = ctx.services;
      const [head, check, newest] = await Promise.all([
        findChainHead(ctx.reader, ctx.tenant.id),
        findCheck(ctx.reader, ctx.tenant.id),
        findNewestCheckpoint(ctx.reader, ctx.tenant.id),
      ]);
      const isSigned = newest !== null && checkpoints !== null && checkpoints.read(newest.note) !== null;
      return { seq: head.seq, check, signed: isSigned ? newest : null, publicKey: checkpoints?.text ?? null };
    }),

  /** Walks over the whole chain now. */
  verify: reading
    .input(inTenant({}))
    .output(chainAnswer)
    .query(async ({ ctx }) => {
      const { held, signedCount, fault } = await verifyChain(ctx.operation, ctx.services.checkpoints);
      return { heldCount: held.seq, signedCount, fault };
    }),
});
