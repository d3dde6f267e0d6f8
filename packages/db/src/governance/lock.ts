import type { Reach } from '@flow/core/queue';
import { platformTenantId } from '../audit/index.ts';
import type { Tx } from '../client/index.ts';

/**
 * What governs a tenant changes, in the transaction that changes it: it comes wholly before a start that is being decided, or wholly after it. Held until
 * the transaction ends; the platform stands for every tenant.
 */
export async function lockForChange(tx: Tx, tenantId: string): Promise<void> {
  await lock(tx, tenantId, 'alone');
}

/**
 * A start is decided in this transaction: nothing that governs it changes until it ends, and no other start within its reach is decided at the same time.
 * The platform's lock is always taken before the tenant's, so that no two wait for each other.
 */
export async function lockForStart(tx: Tx, tenantId: string, reach: Reach): Promise<void> {
  await lock(tx, platformTenantId, reach === 'platform' ? 'alone' : 'together');
  await lock(tx, tenantId, reach === 'own' ? 'together' : 'alone');
}

async function lock(tx: Tx, tenantId: string, how: 'alone' | 'together'): Promise<void> {
  const name = `governance/${tenantId}`;
  if (how === 'alone') await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))::text`;
  else await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${name}, 0))::text`;
}
