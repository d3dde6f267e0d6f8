import type { Decision, DeploymentState } from '@flow/core/deployment';
import { byWorker, insertAuditEntry } from '../audit/index.ts';
import type { Tx } from '../client/index.ts';
import { wake } from '../jobs/index.ts';
import { insertNotification } from '../notification/index.ts';
import type { DecidedDeployment, NextDecision } from './save-decision.ts';

const goingOn: readonly DeploymentState[] = ['deploying', 'baking', 'paused'];

/** The regions that a deployment goes on without, since their clusters cannot be reached. Of one that ends untouched, or goes back, none is. */
export function skippedBy(read: DecidedDeployment, decision: Decision): Decision['targets'] {
  if (!goingOn.includes(decision.state)) return [];
  const pending = new Set(read.targets.filter(({ state }) => state === 'pending').map(({ id }) => id));
  return decision.targets.filter(({ id, state }) => state === 'skipped' && pending.has(id));
}

/** A region that is left behind waits to be caught up; that it was stands in the audit log, and is told. */
export async function leaveBehind(
  tx: Tx,
  read: DecidedDeployment,
  { target, next }: { target: Decision['targets'][number]; next: Pick<NextDecision, 'decision' | 'now' | 'auditId'> },
): Promise<void> {
  const { tenantId, id } = read;
  const reason = target.reason ?? '';
  await tx.targetDeployment.update({ where: { tenantId_id: { tenantId, id: target.id } }, data: { catchUp: 'waiting' } });
  await insertAuditEntry(tx, tenantId, {
    ...byWorker,
    id: next.auditId(),
    at: next.now,
    action: 'deployment.skip',
    subject: `deployment:${id}`,
    summary: reason,
    after: { targetDeploymentId: target.id },
  });
  await insertNotification(tx, tenantId, {
    id: next.auditId(),
    kind: 'regionSkipped',
    key: `deployment/${id}/skipped/${target.id}`,
    deploymentId: id,
    approvalId: null,
    state: next.decision.state,
    reason,
    createdAt: next.now,
  });
}

/** What was left behind is caught up now that the others have what it is to get, or given up with it. */
export async function wakeCatchUpsOf(tx: Tx, { tenantId, id }: DecidedDeployment, runAt: Date): Promise<void> {
  const behind = await tx.targetDeployment.findMany({ where: { tenantId, deploymentId: id, catchUp: 'waiting' }, select: { id: true } });
  for (const target of behind) await wake(tx, { kind: 'catchUp', key: target.id, tenantId, runAt });
}
