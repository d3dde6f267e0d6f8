import { FlowError } from '@flow/core/fault';
import type { Tx } from '@flow/db/client';
import { lockAdmins } from '@flow/db/tenancy';

/** Refuses a change that would leave the tenant without an admin who can log in. Holds the admins' rows, so that two such changes cannot both pass. */
export async function keepAnAdmin(tx: Tx, tenantId: string, leavingUserId: string): Promise<void> {
  const admins = await lockAdmins(tx, tenantId);
  if (!admins.includes(leavingUserId) || admins.length > 1) return;
  throw new FlowError({ code: 'precondition', message: 'This is the last admin of the tenant: make someone else an admin first' });
}
