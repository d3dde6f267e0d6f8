import { createHash } from 'node:crypto';
import { contentHash } from '@flow/core/configuration';
import type { Plan } from '@flow/core/deployment';
import { mendPlan } from '@flow/core/explanation';
import type { Nearest } from '@flow/core/explanation';
import { FlowError } from '@flow/core/fault';
import { evaluate } from '@flow/core/verdict';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets, findPreparedWorkload } from '@flow/db/deployment';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { loadVerdictContext } from '../verdict/index.ts';
import type { AskedFor } from '../verdict/index.ts';
import { aboutToAsk } from './about-to-ask.ts';

export const nearestPlanInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/** The nearest plan with the hash by which it is asked for. */
export interface HashedPlan extends Nearest {
  planHash: string;
}

/** How a deployment that was refused could go if it were asked for again now. Null when it was not refused, and when no plan would help. */
export async function findNearestPlan(ctx: OperationContext, input: z.input<typeof nearestPlanInput>): Promise<HashedPlan | null> {
  requireRight(ctx, 'deployment:read');
  const { deploymentId } = parseInput(nearestPlanInput, input);
  const reader = ctx.db.prisma;
  const refused = await findDeploymentWithTargets(reader, ctx.tenantId, deploymentId);
  if (refused === null) throw notFound('deployment');
  if (refused.state !== 'rejected') return null;
  const workload = await findPreparedWorkload(reader, ctx.tenantId, deploymentId);
  const kind = refused.kind === 'rollback' ? 'rollback' : 'deploy';
  return hashed(await mend(reader, ctx.tenantId, { ...aboutToAsk(ctx, { ...refused, kind, invoker: 'person' }), workload }));
}

/** The nearest plan as it was shown; refused when it has become another since. */
export async function findShownPlan(tx: Tx, tenantId: string, { about, hash }: { about: AskedFor; hash: string }): Promise<Nearest> {
  const nearest = await mend(tx, tenantId, about);
  if (nearest !== null && hashOf(nearest.plan) === hash) return nearest;
  const message = 'The plan or its limits have changed since this was shown: look at the nearest plan of now';
  throw new FlowError({ code: 'conflict', message });
}

/** With its hash, for whoever is shown it. */
export function hashed(nearest: Nearest | null): HashedPlan | null {
  return nearest === null ? null : { ...nearest, planHash: hashOf(nearest.plan) };
}

async function mend(reader: Tx, tenantId: string, about: AskedFor): Promise<Nearest | null> {
  const request = { deploymentId: null, kind: about.kind, subjectHash: null };
  const context = await loadVerdictContext(reader, tenantId, about);
  return mendPlan(request, context, evaluate(request, context));
}

function hashOf(plan: Plan): string {
  return contentHash(plan, (text) => createHash('sha256').update(text, 'utf8').digest('hex'));
}
