import { deploymentAbilities, hasArrived, probableEndAt, targetAbilities, usualRegionMs } from '@flow/core/deployment';
import { editedSince } from '@flow/core/promotion';
import type { Verdict } from '@flow/core/verdict';
import { endedWayBack, planBack } from '@flow/core/way-back';
import type { BackPlan } from '@flow/core/way-back';
import { findApprovalOfDeployment } from '@flow/db/approval';
import { findArtifact } from '@flow/db/artifact';
import { findEnvironment, findService } from '@flow/db/catalog';
import { findDeploymentWithTargets, findPreviousArtifact, findRepeatable, listPods } from '@flow/db/deployment';
import type { DeploymentDetail, ObservedPod } from '@flow/db/deployment';
import { listPastTargets } from '@flow/db/facts';
import { findNames } from '@flow/db/person';
import { findPolicyTitles } from '@flow/db/policy';
import { findRunNumber } from '@flow/db/run';
import { findRegionsBehind, listWayBacks } from '@flow/db/way-back';
import { notFound } from '@flow/operations/context';
import type { HashedPlan } from '@flow/operations/deployment';
import type { AnsweredExplanation } from '@flow/operations/explanation';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { deploymentDetail, explanationAnswer, nearestPlanAnswer, verdictAnswer } from './schemas.ts';

/** The deployment of that id in the tenant, or the answer for one that does not exist. */
export async function requireDeployment(ctx: TenantContext, deploymentId: string): Promise<DeploymentDetail> {
  const deployment = await findDeploymentWithTargets(ctx.reader, ctx.tenant.id, deploymentId);
  if (deployment === null) throw notFound('deployment');
  return deployment;
}

/** All that the page of one deployment shows at once. */
export async function loadDeploymentPage(ctx: TenantContext, deploymentId: string): Promise<z.input<typeof deploymentDetail>> {
  const deployment = await requireDeployment(ctx, deploymentId);
  const { runId } = deployment;
  const [pods, approval, names, previousVersion, runNumber, behind, probableEnd, waysBack, edited, promotionRule] = await Promise.all([
    listPods(ctx.reader, ctx.tenant.id, deployment.targets),
    findApprovalOfDeployment(ctx.reader, ctx.tenant.id, deploymentId),
    findNames(ctx.reader, [deployment.requestedBy, deployment.requestedActionBy]),
    findPreviousVersion(ctx, deployment),
    runId === null ? null : findRunNumber(ctx.reader, ctx.tenant.id, runId),
    hasArrived(deployment) ? findRegionsBehind(ctx.reader, ctx.tenant.id, deploymentId) : null,
    findProbableEnd(ctx, deployment),
    listWayBacks(ctx.reader, ctx.tenant.id, { deploymentId }),
    findEdited(ctx, deployment),
    findPromotionRule(ctx, deployment),
  ]);
  const targets = deployment.targets.map((target) => ({
    ...target,
    pods: pods.filter((pod) => isPodOf(pod, target)),
    wayBack: waysBack.find((one) => one.targetId === target.targetId) ?? null,
    abilities: targetAbilities({ state: target.state, observed: target.observed, deploymentId }, ctx.rights),
  }));
  return {
    ...deployment,
    targets,
    approval,
    previousVersion,
    back: behind === null ? null : toBack(planBack(behind)),
    probableEnd,
    edited,
    runNumber,
    promotionRule,
    requestedByName: names.get(deployment.requestedBy ?? '') ?? null,
    requestedActionByName: names.get(deployment.requestedActionBy ?? '') ?? null,
    abilities: deploymentAbilities({ ...deployment, wayBack: behind === null ? null : endedWayBack(behind) }, ctx.rights),
  };
}

async function findPromotionRule(
  ctx: TenantContext,
  { promotionRuleId: id }: DeploymentDetail,
): Promise<{ id: string; title: string } | null> {
  if (id === null) return null;
  return { id, title: (await findPolicyTitles(ctx.reader, ctx.tenant.id, [id])).get(id) ?? id };
}

/** Pods of the release as this target has seen it last: of one that has ended, those that came with later deployments are not shown. */
function isPodOf(pod: ObservedPod, target: DeploymentDetail['targets'][number]): boolean {
  const { clusterId, namespace, releaseName, observed, finishedAt } = target;
  if (pod.clusterId !== clusterId || pod.namespace !== namespace || pod.release !== releaseName) return false;
  return finishedAt === null || pod.podHash === observed?.currentPodHash || pod.podHash === observed?.stablePodHash;
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

/** What was edited while it waits. One that takes an earlier configuration again does so whatever is edited. */
async function findEdited(ctx: TenantContext, { id, state, repeats, serviceId, environmentId, plan }: DeploymentDetail) {
  if ((state !== 'awaitingApproval' && state !== 'held') || repeats !== null) return [];
  const [prepared, service, environment] = await Promise.all([
    findRepeatable(ctx.reader, ctx.tenant.id, id),
    findService(ctx.reader, ctx.tenant.id, serviceId),
    findEnvironment(ctx.reader, ctx.tenant.id, environmentId),
  ]);
  if (service === null || environment === null) return [];
  const now = environment.targets.map((target) => ({ targetId: target.id, layers: [service.values, environment.values, target.values] }));
  return editedSince(prepared?.snapshot?.values ?? {}, now, plan.strategy);
}

function toBack({ legs, stays }: BackPlan): z.input<typeof deploymentDetail>['back'] {
  return {
    legs: legs.map((leg) => ({ ...leg, targetIds: [...leg.targetIds], regions: [...leg.regions] })),
    stays: [...stays],
  };
}

async function findProbableEnd(ctx: TenantContext, deployment: DeploymentDetail): Promise<{ at: Date; sampleCount: number } | null> {
  const { serviceId, environmentId, state } = deployment;
  if (state !== 'deploying' && state !== 'baking') return null;
  const past = await listPastTargets(ctx.reader, ctx.tenant.id, { serviceId, environmentId });
  const at = probableEndAt(deployment, usualRegionMs(past), ctx.operation.now);
  return at === null ? null : { at, sampleCount: past.length };
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

/** An explanation as it is sent. */
export function toExplanationAnswer({ text, ...explained }: AnsweredExplanation): z.input<typeof explanationAnswer> {
  const nearestPlan = toNearestPlanAnswer(explained.nearestPlan);
  return { ...explained, verdict: toVerdictAnswer(explained.verdict), nearestPlan, text: [...text] };
}

/** A nearest plan as it is sent: what it changes, not the whole of it. */
export function toNearestPlanAnswer(nearest: HashedPlan | null): z.input<typeof nearestPlanAnswer> | null {
  if (nearest === null) return null;
  const { plan: _plan, ...shown } = nearest;
  return shown;
}
