import { inTransaction } from '@flow/db/client';
import { recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/** Writes down that somebody takes a copy of the record, and of what part of it. */
export async function recordExport(ctx: OperationContext, filter: Readonly<Record<string, string>>): Promise<void> {
  requireRight(ctx, 'audit:read');
  await inTransaction(ctx.db, (tx) =>
    recordChange(ctx, tx, {
      action: 'audit.export',
      subject: `audit:${ctx.tenantId}`,
      summary: Object.keys(filter).length === 0 ? 'Exported the whole record' : 'Exported a part of the record',
      after: { filter },
    }),
  );
}
