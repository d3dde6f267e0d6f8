import { isTerminal } from '@flow/core/deployment';
import { mendPlan } from '@flow/core/explanation';
import { expectOthers, foresee, remainingMs } from '@flow/core/foresight';
import type { Foresight, World } from '@flow/core/foresight';
import { evaluate } from '@flow/core/verdict';
import type { DeploymentRequest } from '@flow/core/verdict';
import { findApprovalOfDeployment } from '@flow/db/approval';
import { findDeploymentWithTargets, findPreparedWorkload } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { aboutToAsk } from '../deployment/index.ts';
import { explainRequestInput } from '../explanation/index.ts';
import { askedOf, loadPolicies, loadWholeContext } from '../verdict/index.ts';
import type { AskedFor } from '../verdict/index.ts';
import { loadUsual, loadUsualMoves } from './load-usual.ts';

export const foreseeRequestInput = explainRequestInput;
export const foreseeWaitingInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/** How it will probably go, and by which plan. */
export interface AnsweredForesight extends Foresight {
  /** The plan that it has is refused: this is how it would go by the nearest one that passes. */
  isByNearestPlan: boolean;
}

/** How a deployment would probably go if it were asked for now: when it would start and arrive, and what would hold it on the way. */
export async function foreseeRequest(ctx: OperationContext, input: z.input<typeof foreseeRequestInput>): Promise<AnsweredForesight> {
  requireRight(ctx, 'deployment:read');
  const { artifactId = null, ...place } = parseInput(foreseeRequestInput, input);
  const asked = aboutToAsk(ctx, { ...place, artifactId });
  return lookAhead(ctx, { asked, request: { deploymentId: null, kind: asked.kind, subjectHash: null }, waiting: null });
}

/** The same for a deployment that waits. Null for one that has begun or ended. */
export async function foreseeWaiting(ctx: OperationContext, input: z.input<typeof foreseeWaitingInput>): Promise<AnsweredForesight | null> {
  requireRight(ctx, 'deployment:read');
  const { deploymentId } = parseInput(foreseeWaitingInput, input);
  const reader = ctx.db.prisma;
  const waiting = await findDeploymentWithTargets(reader, ctx.tenantId, deploymentId);
  if (waiting === null) throw notFound('deployment');
  if (isTerminal(waiting.state) || waiting.startedAt !== null) return null;
  const names = await findNames(reader, [waiting.requestedBy]);
  const workload = await findPreparedWorkload(reader, ctx.tenantId, deploymentId);
  const deployment = { ...waiting, requestedByName: names.get(waiting.requestedBy ?? '') ?? 'Flow', workload };
  const asked = askedOf({ deployment, now: ctx.now });
  const request = { deploymentId, kind: asked.kind, subjectHash: waiting.snapshotHash === '' ? null : waiting.snapshotHash };
  return lookAhead(ctx, { asked, request, waiting });
}

interface Question {
  asked: AskedFor;
  request: DeploymentRequest;
  waiting: DeploymentDetail | null;
}

async function lookAhead(ctx: OperationContext, { asked, request, waiting }: Question): Promise<AnsweredForesight> {
  const reader = ctx.db.prisma;
  const loaded = await loadWholeContext(reader, ctx.tenantId, { asked, policies: await loadPolicies(reader, ctx.tenantId) });
  const mended = mendPlan(request, loaded, evaluate(request, loaded));
  const nearest = mended?.isEnough === true ? mended.plan : null;
  const { governance } = loaded;
  const subject = governance.plan === null || nearest === null ? governance.plan : { ...governance.plan, plan: nearest };
  const context = { ...loaded, governance: { ...governance, plan: subject } };
  const plan = subject?.plan ?? asked.plan;
  if (plan === null) throw notFound('plan');
  const usual = await loadUsual(reader, ctx.tenantId, asked);
  const others = expectOthers(context, await loadUsualMoves(reader, ctx.tenantId, ctx.now));
  const times = await loadTimes(ctx, usual, waiting);
  return { ...foresee({ request, context, plan, usual, others, ...times }), isByNearestPlan: nearest !== null };
}

/** When it is prepared, and when people will have said yes: from when on they have been asked, if they have. */
async function loadTimes(
  ctx: OperationContext,
  usual: World['usual'],
  waiting: DeploymentDetail | null,
): Promise<Pick<World, 'readyAt' | 'approvedAt'>> {
  const now = ctx.now.getTime();
  const left = (seconds: number, since: number): number => now + remainingMs(seconds * 1_000, now - since);
  const isPrepared = waiting !== null && waiting.state !== 'preparing';
  const readyAt = isPrepared ? now : left(usual.prepare.seconds, waiting?.createdAt.getTime() ?? now);
  const asked = waiting === null ? null : await findApprovalOfDeployment(ctx.db.prisma, ctx.tenantId, waiting.id);
  const approvedAt = asked === null ? readyAt + usual.approval.seconds * 1_000 : left(usual.approval.seconds, asked.createdAt.getTime());
  return { readyAt: new Date(readyAt), approvedAt: new Date(approvedAt) };
}
