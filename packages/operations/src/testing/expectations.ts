import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';

/** How a call ended: `done`, or the code of the fault that it threw. Anything but a FlowError is the test's failure. */
export async function endOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (error instanceof FlowError) return error.code;
    throw error;
  }
}

/** What was recorded in the tenant of the given action: audit entries, and the types of all events. */
export async function recordedOf(db: Database, tenantId: string, action: string): Promise<{ auditCount: number; eventTypes: string[] }> {
  const auditCount = await db.prisma.auditEntry.count({ where: { tenantId, action } });
  const events = await db.prisma.event.findMany({ where: { tenantId }, select: { type: true } });
  return { auditCount, eventTypes: events.map((event) => event.type) };
}

/** Whether the thing is due for the workers. */
export async function isWoken(db: Database, kind: string, key: string): Promise<boolean> {
  return (await db.prisma.job.findUnique({ where: { kind_key: { kind, key } } })) !== null;
}
