import { deploymentAbilities, targetAbilities } from '@flow/core/deployment';
import type { Verdict } from '@flow/core/verdict';
import { findApprovalOfDeployment } from '@flow/db/approval';
import { findArtifact } from '@flow/db/artifact';
import { findDeploymentWithTargets, findPreviousArtifact, listPods } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { notFound } from '@flow/operations/context';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { deploymentDetail, verdictAnswer } from './schemas.ts';

/** The deployment of that id in the tenant, or the answer for one that does not exist. */
export async function requireDeployment(ctx: TenantContext, deploymentId: string): Promise<DeploymentDetail> {
  const deployment = await findDeploymentWithTargets(ctx.reader, ctx.tenant.id, deploymentId);
  if (deployment === null) throw notFound('deployment');
  return deployment;
}

/** All that the page of one deployment shows at once. */
export async function loadDeploymentPage(ctx: TenantContext, deploymentId: string): Promise<z.input<typeof deploymentDetail>> {
  const deployment = await requireDeployment(ctx, deploymentId);
  const [pods, approval, names, previousVersion] = await Promise.all([
    listPods(ctx.reader, ctx.tenant.id, deployment.targets),
    findApprovalOfDeployment(ctx.reader, ctx.tenant.id, deploymentId),
    findNames(ctx.reader, [deployment.requestedBy, deployment.requestedActionBy]),
    findPreviousVersion(ctx, deployment),
  ]);
  const targets = deployment.targets.map((target) => ({
    ...target,
    pods: pods.filter(
      (pod) => pod.clusterId === target.clusterId && pod.namespace === target.namespace && pod.release === target.releaseName,
    ),
    abilities: targetAbilities({ state: target.state, observed: target.observed, deploymentId }, ctx.rights),
  }));
  return {
    ...deployment,
    targets,
    approval,
    previousVersion,
    requestedByName: names.get(deployment.requestedBy ?? '') ?? null,
    requestedActionByName: names.get(deployment.requestedActionBy ?? '') ?? null,
    abilities: deploymentAbilities(deployment, ctx.rights),
  };
}

async function findPreviousVersion(ctx: TenantContext, deployment: DeploymentDetail): Promise<string | null> {
  const { serviceId, environmentId, createdAt, artifactId } = deployment;
  const previous = await findPreviousArtifact(ctx.reader, ctx.tenant.id, {
    serviceId,
    environmentId,
    before: createdAt,
    notArtifactId: artifactId,
  });
  const artifact = previous === null ? null : await findArtifact(ctx.reader, ctx.tenant.id, previous.artifactId);
  return artifact?.version ?? null;
}

/** A verdict in the one shape that every kind of it is sent in. */
export function toVerdictAnswer(verdict: Verdict): z.input<typeof verdictAnswer> {
  return {
    kind: verdict.kind,
    reasons: verdict.reasons,
    shadow: verdict.shadow,
    earliestAt: verdict.earliestAt,
    approvalsRequired: verdict.approvalsRequired,
    until: verdict.kind === 'heldUntil' ? verdict.until : null,
    missing: verdict.kind === 'needsApprovals' ? verdict.missing : null,
  };
}
