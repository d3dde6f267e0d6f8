import type { Enforcement } from '@flow/core/rule';
import type { Prisma } from '../generated/client.ts';
import type { Tx } from '../client/index.ts';
import type { PolicyKind } from './find-policy.ts';

export interface RevisionToSave {
  id: string;
  kind: PolicyKind;
  title: string;
  enforcement: Enforcement;
  document: Prisma.InputJsonObject;
  changedBy: string;
  changedByName: string;
  changedAt: Date;
  note: string;
}

/** Adds a policy with its first revision. */
export async function insertPolicy(tx: Tx, tenantId: string, policy: RevisionToSave): Promise<void> {
  const { id, kind, title, enforcement, document, changedAt } = policy;
  await tx.policy.create({
    data: { tenantId, id, kind, title, enforcement, document, revision: 1, createdAt: changedAt, updatedAt: changedAt },
  });
  await insertRevision(tx, tenantId, { ...policy, revision: 1 });
}

/** Adds a revision on top of the one that was seen; false when another one came first, or the policy is archived. */
export async function savePolicyRevision(tx: Tx, tenantId: string, policy: RevisionToSave & { seenRevision: number }): Promise<boolean> {
  const { id, title, enforcement, document, changedAt, seenRevision } = policy;
  const { count } = await tx.policy.updateMany({
    where: { tenantId, id, revision: seenRevision, archivedAt: null },
    data: { title, enforcement, document, revision: seenRevision + 1, updatedAt: changedAt },
  });
  if (count === 0) return false;
  await insertRevision(tx, tenantId, { ...policy, revision: seenRevision + 1 });
  return true;
}

async function insertRevision(tx: Tx, tenantId: string, policy: RevisionToSave & { revision: number }): Promise<void> {
  const { id: policyId, revision, document, changedBy, changedByName, changedAt, note } = policy;
  await tx.policyRevision.create({ data: { tenantId, policyId, revision, document, changedBy, changedByName, changedAt, note } });
}

/** Takes a policy out of force; its revisions stay. False when it is not there or archived already. */
export async function archivePolicy(tx: Tx, tenantId: string, archived: { id: string; archivedAt: Date }): Promise<boolean> {
  const { count } = await tx.policy.updateMany({
    where: { tenantId, id: archived.id, archivedAt: null },
    data: { archivedAt: archived.archivedAt, updatedAt: archived.archivedAt },
  });
  return count === 1;
}
