import { z } from 'zod';
import type { Database } from '../client/index.ts';
import type { EngineAction, Prisma } from '../generated/client.ts';

export const actionState = z.enum(['intended', 'done', 'refused', 'failed']);
export type ActionState = z.infer<typeof actionState>;

export interface Intent {
  tenantId: string;
  id: string;
  /** Idempotency key: the same intent written twice is one row. */
  key: string;
  kind: string;
  clusterId: string;
  target: Prisma.InputJsonObject;
  deploymentId?: string;
  targetDeploymentId?: string;
  runId?: string;
}

/** Writes the intent before the act, or finds the one that an earlier life of the worker wrote. */
export async function intendAction(db: Database, intent: Intent): Promise<EngineAction> {
  await db.prisma.engineAction.createMany({ data: [{ ...intent, state: 'intended' }], skipDuplicates: true });
  return db.prisma.engineAction.update({
    where: { tenantId_key: { tenantId: intent.tenantId, key: intent.key } },
    data: { attempts: { increment: 1 } },
  });
}

/** Counts a try of an action that is already written, before the act: a repeat after a crash knows that it is one. */
export async function beginAction(db: Database, action: { tenantId: string; id: string }): Promise<void> {
  await db.prisma.engineAction.updateMany({ where: { tenantId: action.tenantId, id: action.id }, data: { attempts: { increment: 1 } } });
}

/** Records how an action ended. `failed` and `refused` are final: a person or the machine must want something else. */
export async function recordAction(
  db: Database,
  action: { tenantId: string; id: string },
  ended: { state: Exclude<ActionState, 'intended'>; result: Prisma.InputJsonObject; finishedAt: Date },
): Promise<void> {
  const { finishedAt, ...outcome } = ended;
  await db.prisma.engineAction.updateMany({
    where: { tenantId: action.tenantId, id: action.id, state: 'intended' },
    data: { ...outcome, finishedAt },
  });
}

/** Says why an intended action has not worked so far; it is tried again. */
export async function noteTrouble(db: Database, action: { tenantId: string; id: string }, trouble: string): Promise<void> {
  await db.prisma.engineAction.updateMany({
    where: { tenantId: action.tenantId, id: action.id, state: 'intended' },
    data: { result: { trouble } },
  });
}
