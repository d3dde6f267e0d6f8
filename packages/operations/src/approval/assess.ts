import { approvedContent, changesBetween } from '@flow/core/approval';
import type { ContentChange } from '@flow/core/approval';
import { freezes, nextStart } from '@flow/core/freeze';
import { userIdOf } from '@flow/core/rights';
import type { RuleFacts } from '@flow/core/rule';
import { evaluate } from '@flow/core/verdict';
import type { VerdictReason } from '@flow/core/verdict';
import { findApproval, findApprovalSubject, findEarlierYes } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { findEnvironment, findService, listEnvironments } from '@flow/db/catalog';
import { findDeploymentWithTargets, findPreparedWorkload, listRenderedManifests } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { loadRequestFacts } from '../verdict/load-governance.ts';
import { loadVerdictContext } from '../verdict/load-verdict-context.ts';

export const assessApprovalInput = z.strictObject({ approvalId: z.string().min(1).max(64) });

/** What somebody who decides wants to know beside the diff. */
export interface Assessment {
  changes: Pick<RuleFacts['request'], 'changesImage' | 'changesConfiguration' | 'changesChart' | 'fromVersion' | 'toVersion'>;
  /** Lines of the manifests that are added or taken away, over all regions. */
  changedLineCount: number;
  regions: string[];
  tier: string;
  previous: RuleFacts['previous'];
  incidents: RuleFacts['incidents'][number][];
  soakingSince: Date | null;
  testsPassed: boolean;
  newerBelow: string[];
  /** What still stands against it besides the approvals. */
  ahead: VerdictReason[];
  /** Freezes that begin within a week. */
  freezesAhead: { title: string; startsAt: Date }[];
  /** The environments that follow on the promotion path. */
  path: { name: string; requiredApprovals: number }[];
  /** What has changed since the person who asks last said yes here; null when they never have. */
  since: { approvedAt: Date; version: string; changes: ContentChange[] } | null;
}

const aheadMs = 7 * 86_400_000;

/** What a yes would mean: what changes and how much, what is known of it, what comes after, and what has changed since one's own last yes. */
export async function assessApproval(ctx: OperationContext, input: z.input<typeof assessApprovalInput>): Promise<Assessment> {
  requireRight(ctx, 'approval:read');
  const { approvalId } = parseInput(assessApprovalInput, input);
  const reader = ctx.db.prisma;
  const row = await findApproval(reader, ctx.tenantId, approvalId);
  const deployment = row === null ? null : await findDeploymentWithTargets(reader, ctx.tenantId, row.deploymentId);
  if (row === null || deployment === null) throw notFound('approval');
  const facts = await factsOf(ctx, deployment);
  const { soakingSince, testsPassed, newerBelow } = facts.artifact;
  return {
    changes: facts.request,
    changedLineCount: await countChangedLines(ctx, deployment.id),
    regions: deployment.targets.map((target) => target.region),
    tier: facts.service.tier,
    previous: facts.previous,
    incidents: [...facts.incidents],
    soakingSince,
    testsPassed,
    newerBelow: [...newerBelow],
    ...(await whatIsAhead(ctx, deployment)),
    path: await pathAfter(ctx, deployment.environmentId),
    since: await sinceLastYes(ctx, row),
  };
}

async function askedOf(ctx: OperationContext, deployment: DeploymentDetail) {
  const { id: deploymentId, serviceId, environmentId, artifactId, plan } = deployment;
  const workload = await findPreparedWorkload(ctx.db.prisma, ctx.tenantId, deploymentId);
  const kind = deployment.kind === 'rollback' ? ('rollback' as const) : ('deploy' as const);
  const action = kind === 'rollback' ? ('rollback' as const) : ('create' as const);
  const invoker = deployment.invoker === 'automation' ? ('automation' as const) : ('person' as const);
  const asked = {
    deploymentId,
    repeatsId: null,
    kind,
    action,
    invoker,
    by: 'Flow',
    artifactId,
    plan,
    workload,
    beginsWave: true,
    now: ctx.now,
  };
  const line = { askedAt: deployment.createdAt, askedBy: deployment.requestedBy, notBefore: deployment.notBefore };
  return { ...asked, serviceId, environmentId, line };
}

async function factsOf(ctx: OperationContext, deployment: DeploymentDetail): Promise<RuleFacts> {
  const reader = ctx.db.prisma;
  const service = await findService(reader, ctx.tenantId, deployment.serviceId);
  const environment = await findEnvironment(reader, ctx.tenantId, deployment.environmentId);
  if (service === null || environment === null) throw notFound('approval');
  return loadRequestFacts({ reader, tenantId: ctx.tenantId, service, environment, asked: await askedOf(ctx, deployment) });
}

/** Lines that are in one of the two texts only, without the label that is another each time. */
async function countChangedLines(ctx: OperationContext, deploymentId: string): Promise<number> {
  const manifests = await listRenderedManifests(ctx.db.prisma, ctx.tenantId, deploymentId);
  return manifests.reduce((sum, { manifest, previous }) => sum + differingLines(manifest, previous), 0);
}

function differingLines(left: string, right: string): number {
  const counts = new Map<string, number>();
  const tally = (text: string, by: 1 | -1): void => {
    for (const line of text.split('\n').filter((one) => one.trim() !== '' && !one.includes('flow.dev/deployment')))
      counts.set(line, (counts.get(line) ?? 0) + by);
  };
  tally(left, 1);
  tally(right, -1);
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}

async function whatIsAhead(ctx: OperationContext, deployment: DeploymentDetail): Promise<Pick<Assessment, 'ahead' | 'freezesAhead'>> {
  const asked = await askedOf(ctx, deployment);
  const context = await loadVerdictContext(ctx.db.prisma, ctx.tenantId, asked);
  const request = { deploymentId: deployment.id, kind: asked.kind, subjectHash: deployment.snapshotHash };
  const { reasons } = evaluate(request, context);
  const { governance } = context;
  const covering = governance === undefined ? [] : governance.policies.freezes.covering(governance.place);
  const freezesAhead = covering
    .filter((one) => one.enforcement === 'enforce' && governance !== undefined && freezes(one, governance.place))
    .flatMap((one) => {
      const startsAt = nextStart(one.window, ctx.now);
      return startsAt === null || startsAt.getTime() - ctx.now.getTime() > aheadMs ? [] : [{ title: one.title, startsAt }];
    });
  return { ahead: reasons.filter((reason) => reason.effect === 'hold' || reason.effect === 'deny'), freezesAhead };
}

async function pathAfter(ctx: OperationContext, environmentId: string): Promise<Assessment['path']> {
  const environments = (await listEnvironments(ctx.db.prisma, ctx.tenantId)).filter(
    (one) => one.archivedAt === null && one.kind !== 'ephemeral',
  );
  const here = environments.find((one) => one.id === environmentId);
  return environments
    .filter((one) => here !== undefined && one.position > here.position)
    .toSorted((left, right) => left.position - right.position)
    .map(({ name, requiredApprovals }) => ({ name, requiredApprovals }));
}

async function sinceLastYes(ctx: OperationContext, row: ApprovalRow): Promise<Assessment['since']> {
  const userId = userIdOf(ctx.actor);
  if (userId === null) return null;
  const { serviceId, environmentId, subjectHash: notHash, deploymentId } = row;
  const reader = ctx.db.prisma;
  const yes = await findEarlierYes(reader, ctx.tenantId, { userId, serviceId, environmentId, notHash });
  if (yes === null) return null;
  const before = approvedContent.safeParse(
    await findApprovalSubject(reader, ctx.tenantId, { deploymentId: yes.deploymentId, hash: yes.hash }),
  );
  const after = approvedContent.safeParse(await findApprovalSubject(reader, ctx.tenantId, { deploymentId, hash: notHash }));
  if (!before.success || !after.success) return null;
  return { approvedAt: yes.givenAt, version: before.data.version, changes: changesBetween(before.data, after.data) };
}
