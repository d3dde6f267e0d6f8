import { createHash } from 'node:crypto';
import { digestOfEntry } from '@flow/core/audit';
import type { AuditEntry } from '@flow/core/audit';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../client/index.ts';

/** Platform-wide changes are kept under this name in place of a tenant. */
export const platformTenantId = 'platform';

export type NewAuditEntry = Omit<AuditEntry, 'tenantId' | 'before' | 'after'> & {
  before?: Prisma.InputJsonValue | undefined;
  after?: Prisma.InputJsonValue | undefined;
};

/** Appends to the record in the transaction of the change: the one way in. Its place in the chain is fixed when the transaction commits. */
export async function insertAuditEntry(tx: Tx, tenantId: string, entry: NewAuditEntry): Promise<void> {
  const [before, after] = [asKept(entry.before), asKept(entry.after)];
  const digest = digestOfEntry({ ...entry, tenantId, before, after }, sha256);
  const { before: _before, after: _after, ...rest } = entry;
  await tx.auditEntry.create({ data: { tenantId, ...rest, before: before ?? Prisma.DbNull, after: after ?? Prisma.DbNull, digest } });
}

/** Who acts when the engine decides by itself. */
export const byWorker = { actor: 'worker', actorName: 'Flow', onBehalfOf: null, door: 'worker', requestId: null, address: null } as const;

/** A value as the database gives it back: what JSON does not know is gone. */
function asKept(value: Prisma.InputJsonValue | undefined): Prisma.InputJsonValue | null {
  // parsed: what JSON writes, JSON reads.
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
