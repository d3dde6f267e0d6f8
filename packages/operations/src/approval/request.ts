import { approvalLifetimeMs, tally } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { findArtifact } from '@flow/db/artifact';
import { findApprovalOfDeployment, saveApprovalRequest, saveApprovalState } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { findEnvironment } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { findMembersByEmail } from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { findVoters } from './find-voters.ts';

export const requestApprovalInput = z.strictObject({
  deploymentId: z.string().min(1).max(64),
  /** How many people the verdict asks for in all; the environment's own number at least. */
  requiredCount: z.number().int().min(1).max(20).default(1),
});

/**
 * Asks people for a deployment's approval, bound to the hash of what was prepared. The requester and the members among the authors of the commit
 * may not vote. Asked again for the same hash it changes nothing but the number of people, should that have grown; for another hash it begins anew.
 */
export async function requestApproval(ctx: OperationContext, input: z.input<typeof requestApprovalInput>): Promise<{ approvalId: string }> {
  requireSystem(ctx);
  const { deploymentId, requiredCount } = parseInput(requestApprovalInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
    if (deployment === null) throw notFound('deployment');
    if (deployment.snapshotHash === '')
      throw new FlowError({ code: 'precondition', message: 'It is not known yet what would be deployed' });
    const environment = await findEnvironment(tx, ctx.tenantId, deployment.environmentId);
    const expiresAt = new Date(ctx.now.getTime() + approvalLifetimeMs);
    const isNew = await saveApprovalRequest(tx, ctx.tenantId, {
      id: ctx.newId(),
      deploymentId,
      subjectHash: deployment.snapshotHash,
      requiredCount: Math.max(requiredCount, environment?.requiredApprovals ?? 1),
      excluded: await excludedFrom(ctx, tx, deployment),
      expiresAt,
      createdAt: ctx.now,
    });
    const approval = await findApprovalOfDeployment(tx, ctx.tenantId, deploymentId);
    if (approval === null) throw notFound('approval');
    const approvalId = approval.id;
    if (!isNew && !(await reopenWhatLostItsVotes(ctx, tx, approval))) return { approvalId };
    await wake(tx, { kind: 'approvalExpiry', key: approvalId, tenantId: ctx.tenantId, runAt: expiresAt });
    await recordChange(ctx, tx, {
      action: 'approval.request',
      subject: `deployment:${deploymentId}`,
      summary: `Approval is asked for: ${deployment.serviceName} ${deployment.version} to ${deployment.environmentName}`,
      after: { approvalId, subjectHash: deployment.snapshotHash },
      event: { type: 'approval.changed', topics: [`deployment:${deploymentId}`], data: { approvalId, deploymentId, state: 'pending' } },
    });
    return { approvalId };
  });
}

/** An approval whose votes no longer suffice, because someone lost the right to vote, waits for others again. True when it did. */
async function reopenWhatLostItsVotes(ctx: OperationContext, tx: Tx, approval: ApprovalRow): Promise<boolean> {
  if (approval.state !== 'approved') return false;
  const voters = await findVoters(tx, ctx.tenantId, approval);
  if (tally(approval, approval.votes, voters).missingCount === 0) return false;
  const { id, subjectHash } = approval;
  return saveApprovalState(tx, ctx.tenantId, { id, from: 'approved', to: 'pending', subjectHash, decidedAt: null });
}

async function excludedFrom(ctx: OperationContext, tx: Tx, deployment: DeploymentDetail): Promise<string[]> {
  const artifact = await findArtifact(tx, ctx.tenantId, deployment.artifactId);
  const authors = await findMembersByEmail(tx, ctx.tenantId, emailsIn(artifact?.commitAuthor ?? ''));
  return [...new Set([...(deployment.requestedBy === null ? [] : [deployment.requestedBy]), ...authors.map((author) => author.userId)])];
}

/** E-mail addresses in an author line as git writes it, `Name <address>`, several joined by commas. */
export function emailsIn(authors: string): string[] {
  return [...authors.matchAll(/[^\s<>,]+@[^\s<>,]+/g)].map((match) => match[0].toLowerCase());
}
