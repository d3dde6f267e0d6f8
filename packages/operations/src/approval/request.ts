import { usualLifetimeHours, usualReminderHours } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import type { Verdict } from '@flow/core/verdict';
import { findArtifact } from '@flow/db/artifact';
import { findApprovalOfDeployment, lockApproval, saveApprovalRequest, saveApprovalState, saveApprovalSubject } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { findSnapshots } from '@flow/db/facts';
import { wake } from '@flow/db/jobs';
import { findMembersByEmail } from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { judgeById } from '../verdict/judge-by-id.ts';
import { tellDecided, tellNeeded } from '../notification/tell.ts';
import { findApprovalPolicies, loadRequest } from './load-requests.ts';

export const requestApprovalInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/**
 * Asks people for a deployment's approval, bound to the hash of what was prepared, as the policies of this moment want it. The requester and the members
 * among the authors of the commit may not vote. Asked again for the same hash it changes what is asked, should that have changed; for another hash it
 * begins anew. What needs nobody, because a policy approves it by itself or nothing asks any more, is approved with the reason.
 */
export async function requestApproval(ctx: OperationContext, input: z.input<typeof requestApprovalInput>): Promise<{ approvalId: string }> {
  requireSystem(ctx);
  const { deploymentId } = parseInput(requestApprovalInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
    if (deployment === null) throw notFound('deployment');
    if (deployment.snapshotHash === '')
      throw new FlowError({ code: 'precondition', message: 'It is not known yet what would be deployed' });
    // A vote that is being given ends first: judged without it, the verdict would open again what it decides.
    const before = await findApprovalOfDeployment(tx, ctx.tenantId, deploymentId);
    if (before !== null) await lockApproval(tx, ctx.tenantId, before.id);
    const { verdict } = await judgeById(tx, ctx.tenantId, { deploymentId, now: ctx.now });
    const isNew = await save(ctx, tx, { deployment, verdict, id: before?.id ?? ctx.newId() });
    const approval = await findApprovalOfDeployment(tx, ctx.tenantId, deploymentId);
    if (approval === null) throw notFound('approval');
    const isAskedByAnother = before === null && !isNew;
    if (!isAskedByAnother) await follow(ctx, tx, { deployment, verdict, approval, isNew });
    return { approvalId: approval.id };
  });
}

interface Asking {
  deployment: DeploymentDetail;
  verdict: Verdict;
}

const hourMs = 3_600_000;

async function save(ctx: OperationContext, tx: Tx, { deployment, verdict, id }: Asking & { id: string }): Promise<boolean> {
  const { id: deploymentId, snapshotHash: hash, plan } = deployment;
  const excluded = await excludedFrom(ctx, tx, deployment);
  const isNew = await saveApprovalRequest(tx, ctx.tenantId, {
    id,
    deploymentId,
    subjectHash: hash,
    requiredCount: verdict.approvalsRequired,
    policyIds: verdict.approvalPolicyIds,
    excluded,
    createdAt: ctx.now,
    ...(await times(ctx, tx, verdict)),
  });
  const snapshot = z.record(z.string(), z.json()).parse((await findSnapshots(tx, ctx.tenantId, [deploymentId])).get(deploymentId));
  const content = { snapshot, plan, version: deployment.version, digest: deployment.digest };
  await saveApprovalSubject(tx, ctx.tenantId, { deploymentId, hash, content, createdAt: ctx.now });
  return isNew;
}

/** The shortest time that any policy gives decides. */
async function times(ctx: OperationContext, tx: Tx, verdict: Verdict): Promise<{ expiresAt: Date; remindAt: Date | null }> {
  const policies = await findApprovalPolicies(tx, ctx.tenantId, new Set(verdict.approvalPolicyIds));
  const lifetimeHours = Math.min(...(policies.length === 0 ? [usualLifetimeHours] : policies.map((one) => one.lifetimeHours)));
  const remindBeforeHours = Math.max(...(policies.length === 0 ? [usualReminderHours] : policies.map((one) => one.remindBeforeHours)));
  const expiresAt = new Date(ctx.now.getTime() + lifetimeHours * hourMs);
  const hasReminder = remindBeforeHours > 0 && remindBeforeHours < lifetimeHours;
  return { expiresAt, remindAt: hasReminder ? new Date(expiresAt.getTime() - remindBeforeHours * hourMs) : null };
}

/** What the request is now, with its record: asked for, asked for again, approved without anyone, or as it was. */
async function follow(ctx: OperationContext, tx: Tx, asked: Asking & { approval: ApprovalRow; isNew: boolean }): Promise<void> {
  const { approval, verdict, isNew } = asked;
  const { id, subjectHash, state } = approval;
  const needsPeople = verdict.kind === 'needsApprovals';
  if (state === 'pending' && !needsPeople && verdict.kind !== 'denied') {
    const autoReason = verdict.autoApproved.map((one) => one.reason).join('; ') || 'Nothing asks for an approval any more';
    await saveApprovalState(tx, ctx.tenantId, { id, from: 'pending', to: 'approved', subjectHash, decidedAt: ctx.now, autoReason });
    await wake(tx, { kind: 'deployment', key: approval.deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
    await tellDecided(ctx, tx, { row: approval, state: 'approved', reason: autoReason });
    return recordAsked(ctx, tx, { ...asked, state: 'approved', summary: `Approved without anyone: ${autoReason}` });
  }
  const isReopened =
    state === 'approved' &&
    needsPeople &&
    (await saveApprovalState(tx, ctx.tenantId, { id, from: 'approved', to: 'pending', subjectHash, decidedAt: null, autoReason: '' }));
  if (!isNew && !isReopened) return;
  await wake(tx, { kind: 'approvalExpiry', key: id, tenantId: ctx.tenantId, runAt: approval.remindAt ?? approval.expiresAt });
  const row = { ...approval, state: 'pending' as const };
  await tellNeeded(ctx, tx, { row, request: await loadRequest(tx, ctx.tenantId, { row, now: ctx.now }) });
  await recordAsked(ctx, tx, { ...asked, state: 'pending', summary: 'Approval is asked for' });
}

async function recordAsked(
  ctx: OperationContext,
  tx: Tx,
  asked: Asking & { approval: ApprovalRow; state: 'pending' | 'approved'; summary: string },
): Promise<void> {
  const { deployment, approval, state, summary } = asked;
  const { serviceName, version, environmentName, snapshotHash } = deployment;
  const { id: approvalId, deploymentId } = approval;
  await recordChange(ctx, tx, {
    action: state === 'pending' ? 'approval.request' : 'approval.auto',
    subject: `deployment:${deploymentId}`,
    summary: `${summary}: ${serviceName} ${version} to ${environmentName}`,
    after: {
      approvalId,
      subjectHash: snapshotHash,
      policyIds: asked.verdict.approvalPolicyIds,
      requiredCount: asked.verdict.approvalsRequired,
    },
    event: { type: 'approval.changed', topics: [`deployment:${deploymentId}`], data: { approvalId, deploymentId, state } },
  });
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
