import { platformTenantId } from '@flow/operations/context';
import { worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import type { Database } from '@flow/db/client';

/** The id of the external check of the platform that a world has. */
export function platformCheckOf({ id }: TestTenant): string {
  return `platform-check-${id}`;
}

/** Adds an external check of the platform, which no gate names, in the place of those of earlier worlds: the platform has room for only so many. */
export async function addPlatformCheck(db: Database, tenant: TestTenant): Promise<void> {
  await db.prisma.externalCheck.updateMany({ where: { tenantId: platformTenantId, removedAt: null }, data: { removedAt: worldNow } });
  const limits = { timeoutSeconds: 30, retriesMax: 3, answerWithinMinutes: 1_440 };
  const check = { name: 'Change board of all', url: 'https://board.test/check', sealedSecret: 'sealed', ...limits };
  const made = { createdAt: worldNow, createdByName: 'Somebody' };
  await db.prisma.externalCheck.create({ data: { tenantId: platformTenantId, id: platformCheckOf(tenant), ...check, ...made } });
}
