import { tally } from '@flow/core/approval';
import { evaluate } from '@flow/core/verdict';
import type { DeploymentRequest, Verdict, VerdictContext } from '@flow/core/verdict';
import { findApprovalOfDeployment } from '@flow/db/approval';
import { findEnvironment, findService } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { listActiveInPlace } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { findVoters } from '../approval/find-voters.ts';

export const previewInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  environmentId: z.string().min(1).max(64),
  kind: z.enum(['deploy', 'rollback']).default('deploy'),
});

/** What would be answered if this were asked for now: the same rules as at the start and at every wave. */
export async function previewDeployment(ctx: OperationContext, input: z.input<typeof previewInput>): Promise<Verdict> {
  requireRight(ctx, 'deployment:read');
  const { serviceId, environmentId, kind } = parseInput(previewInput, input);
  const request = { deploymentId: null, kind, subjectHash: null };
  return evaluate(request, await loadVerdictContext(ctx.db.prisma, ctx.tenantId, { serviceId, environmentId, request, now: ctx.now }));
}

/** Loads all that the rules look at for one request, now; votes of people who may no longer vote do not count. */
export async function loadVerdictContext(
  reader: Tx,
  tenantId: string,
  asked: { serviceId: string; environmentId: string; request: DeploymentRequest; now: Date },
): Promise<VerdictContext> {
  const { serviceId, environmentId, request, now } = asked;
  // One after the other: a transaction has one connection.
  const service = await findService(reader, tenantId, serviceId);
  if (service === null) throw notFound('service');
  const environment = await findEnvironment(reader, tenantId, environmentId);
  if (environment === null) throw notFound('environment');
  const active = await listActiveInPlace(reader, tenantId, { serviceId, environmentId });
  const names = await findNames(
    reader,
    active.map((one) => one.requestedBy),
  );
  return {
    now,
    environment,
    service,
    active: active.map((one) => ({ id: one.id, state: one.state, requestedByName: names.get(one.requestedBy ?? '') ?? 'Flow' })),
    approval: request.deploymentId === null ? null : await loadApproval(reader, tenantId, request.deploymentId),
  };
}

async function loadApproval(reader: Tx, tenantId: string, deploymentId: string): Promise<VerdictContext['approval']> {
  const approval = await findApprovalOfDeployment(reader, tenantId, deploymentId);
  if (approval === null) return null;
  const voters = await findVoters(reader, tenantId, approval);
  const { approvedCount } = tally(approval, approval.votes, voters);
  return { approvedCount, subjectHash: approval.subjectHash, state: approval.state };
}
