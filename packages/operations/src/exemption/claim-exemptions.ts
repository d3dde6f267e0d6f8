import { byWorker, insertAuditEntry } from '@flow/db/audit';
import type { Tx } from '@flow/db/client';
import { appendEvents } from '@flow/db/events';
import { claimExemption, findExemption } from '@flow/db/exemption';
import { fromWhat } from './standing.ts';

/** A deployment that begins by exemptions. */
export interface PassingDeployment {
  deploymentId: string;
  exemptionIds: readonly string[];
  at: Date;
  newId: () => string;
}

/**
 * Uses the exemptions by which a deployment passes, in the transaction in which it begins. False when one of them has been used by another deployment or
 * has ended in the meantime: then nothing may begin, and the transaction must leave nothing behind.
 */
export async function claimExemptions(tx: Tx, tenantId: string, passing: PassingDeployment): Promise<boolean> {
  // Always in the same order, so that two deployments that need the same ones do not wait for each other.
  for (const id of passing.exemptionIds.toSorted()) {
    const claimed = await claimExemption(tx, tenantId, { id, deploymentId: passing.deploymentId, at: passing.at });
    if (claimed === 'lost') return false;
    if (claimed === 'claimed') await recordUse(tx, tenantId, { ...passing, exemptionId: id });
  }
  return true;
}

async function recordUse(tx: Tx, tenantId: string, used: PassingDeployment & { exemptionId: string }): Promise<void> {
  const { deploymentId, exemptionId, at, newId } = used;
  const row = await findExemption(tx, tenantId, exemptionId);
  if (row === null) return;
  const given =
    row.kind === 'breakGlass' ? `the break-glass of ${row.askedByName}` : `the exemption that ${row.decidedByName ?? 'Flow'} gave`;
  await insertAuditEntry(tx, tenantId, {
    id: newId(),
    at,
    ...byWorker,
    action: 'exemption.use',
    subject: `deployment:${deploymentId}`,
    summary: `Started by ${given} ${fromWhat(row)}: ${row.reason}`,
    after: { exemptionId, policyId: row.policyId, kind: row.kind, reason: row.reason, ticket: row.ticket },
  });
  await appendEvents(tx, [
    {
      tenantId,
      type: 'exemption.changed',
      topics: [`tenant:${tenantId}`, `deployment:${deploymentId}`, `service:${row.service.id}`],
      data: { exemptionId, deploymentId, serviceId: row.service.id },
    },
  ]);
}
