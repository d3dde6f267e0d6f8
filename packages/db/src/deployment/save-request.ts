import type { Plan } from '@flow/core/deployment';
import type { Tx } from '../client/index.ts';
import type { Prisma } from '../generated/client.ts';

export interface NewDeployment {
  id: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  kind: 'deploy' | 'rollback';
  plan: Plan;
  requestedBy: string | null;
  invoker: 'person' | 'automation' | 'api';
  startsItself: boolean;
  notBefore: Date | null;
  /** The earlier deployment whose chart and configuration it takes again. */
  repeatsId: string | null;
  /** The promotion rule by which Flow asks for it. */
  promotionRuleId: string | null;
  runId: string | null;
  stageKey: string | null;
  createdAt: Date;
  /** Ids of the target deployments by target id. */
  targetDeploymentIds: Readonly<Record<string, string>>;
}

/** Adds a deployment in the state `preparing` with a row for each target; the configuration is filled in when it is prepared. */
export async function insertDeployment(tx: Tx, tenantId: string, deployment: NewDeployment): Promise<void> {
  const { targetDeploymentIds, plan, ...fields } = deployment;
  await tx.deployment.create({ data: { tenantId, ...fields, state: 'preparing', plan, snapshot: {}, snapshotHash: '' } });
  const targets = plan.waves.flatMap((wave, index) =>
    wave.targets.map((target) => ({
      tenantId,
      id: targetDeploymentIds[target.targetId] ?? target.targetId,
      deploymentId: deployment.id,
      wave: index,
      state: 'pending',
      ...target,
    })),
  );
  await tx.targetDeployment.createMany({ data: targets });
}

/**
 * Writes a person's wish on a deployment that is still in one of the states in which it was offered and has no other wish: one statement,
 * so that of two people at once exactly one is told that it worked.
 */
export async function claimRequestedAction(
  tx: Tx,
  tenantId: string,
  wish: { id: string; action: 'cancel' | 'rollback'; by: string; states: readonly string[] },
): Promise<boolean> {
  const { count } = await tx.deployment.updateMany({
    where: { tenantId, id: wish.id, requestedAction: null, state: { in: [...wish.states] } },
    data: { requestedAction: wish.action, requestedActionBy: wish.by },
  });
  return count === 1;
}

/** Lets a deployment go on that waits for a person; false when it is not any more what was read, or is to go back. */
export async function claimContinue(
  tx: Tx,
  tenantId: string,
  { id, version, ...answer }: { id: string; version: number; continuedWave: number; acceptedFailures: number },
): Promise<boolean> {
  const { count } = await tx.deployment.updateMany({
    where: { tenantId, id, version, state: 'paused', requestedAction: null },
    data: { ...answer, version: { increment: 1 } },
  });
  return count === 1;
}

/** Whether it starts by itself; false when it does not wait any more. */
export async function saveStartsItself(tx: Tx, tenantId: string, wish: { id: string; startsItself: boolean }): Promise<boolean> {
  const { count } = await tx.deployment.updateMany({
    where: { tenantId, id: wish.id, state: { in: ['preparing', 'held', 'awaitingApproval'] } },
    data: { startsItself: wish.startsItself, version: { increment: 1 } },
  });
  return count === 1;
}

export interface NewAction {
  id: string;
  key: string;
  kind: string;
  clusterId: string;
  target: Prisma.InputJsonObject;
  requestedBy: string;
  deploymentId: string;
  targetDeploymentId: string;
  createdAt: Date;
}

/** Writes what a person wants done to a canary, before it is done; false when an action with that key is there already. */
export async function insertPersonsAction(tx: Tx, tenantId: string, action: NewAction): Promise<boolean> {
  const { count } = await tx.engineAction.createMany({ data: [{ tenantId, ...action, state: 'intended' }], skipDuplicates: true });
  return count === 1;
}

/** Whether a person's action on this canary is still to be carried out. */
export async function hasPendingAction(reader: Tx, tenantId: string, targetDeploymentId: string): Promise<boolean> {
  const row = await reader.engineAction.findFirst({
    where: { tenantId, targetDeploymentId, state: 'intended', requestedBy: { not: null } },
    select: { id: true },
  });
  return row !== null;
}

/** Locks one target of a deployment until the transaction ends, so that actions on it are decided one after the other. */
export async function lockTargetDeployment(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM target_deployment WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`;
  return rows.length === 1;
}
