import { pastOutcome } from '@flow/core/backtest';
import type { Asking, Start, Statement } from '@flow/core/ledger';
import { reasonEffect, reasonSource } from '@flow/core/verdict';
import type { Tx } from '../client/index.ts';

/** The newest that are read of each: of a tenant with more, the ledger says that it is of these. */
export const ledgerRowsMax = 20_000;

/** What policies have said in the tenant since then, newest first. */
export async function listStatements(reader: Tx, tenantId: string, since: Date): Promise<Statement[]> {
  const rows = await reader.policyFinding.findMany({
    where: { tenantId, beganAt: { gte: since } },
    select: {
      deploymentId: true,
      serviceId: true,
      environmentId: true,
      digest: true,
      source: true,
      policyId: true,
      effect: true,
      isShadow: true,
      sentence: true,
      exemption: true,
      beganAt: true,
      endedAt: true,
    },
    orderBy: [{ beganAt: 'desc' }, { id: 'desc' }],
    take: ledgerRowsMax,
  });
  return rows.map(({ exemption, source, effect, ...row }) => ({
    ...row,
    source: reasonSource.parse(source),
    effect: reasonEffect.parse(effect),
    isExempted: exemption !== null,
  }));
}

/** What has begun in the tenant since then, with what became of it, newest first. */
export async function listStarts(reader: Tx, tenantId: string, since: Date): Promise<Start[]> {
  const rows = await reader.keptVerdict.findMany({
    where: { tenantId, moment: 'started', at: { gte: since }, deploymentId: { not: null } },
    select: { deploymentId: true, serviceId: true, environmentId: true, digest: true, at: true, outcome: true },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: ledgerRowsMax,
  });
  return rows.flatMap(({ deploymentId, outcome, ...row }) =>
    deploymentId === null ? [] : [{ ...row, deploymentId, outcome: pastOutcome.parse(outcome) }],
  );
}

/** What people were asked in the tenant since then, with their votes, newest first. Where policies approved by themselves nobody was asked. */
export async function listAskings(reader: Tx, tenantId: string, since: Date): Promise<Asking[]> {
  const rows = await reader.approvalRequest.findMany({
    where: { tenantId, createdAt: { gte: since }, autoReason: '' },
    select: {
      deploymentId: true,
      state: true,
      createdAt: true,
      decidedAt: true,
      policyIds: true,
      votes: { select: { userId: true, createdAt: true }, where: { withdrawnAt: null } },
      deployment: { select: { serviceId: true, environmentId: true } },
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: ledgerRowsMax,
  });
  return rows.map(({ deployment, state, decidedAt, votes, ...row }) => ({
    ...row,
    ...deployment,
    // One that has expired or was overtaken was decided by nobody.
    decidedAt: state === 'approved' || state === 'rejected' ? decidedAt : null,
    isRejected: state === 'rejected',
    votes: votes.map(({ userId, createdAt }) => ({ userId, at: createdAt })),
  }));
}
