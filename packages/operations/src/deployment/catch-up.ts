import { decideCatchUp } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { lockEnvironment } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findSkipped, saveCatchUp } from '@flow/db/deployment';
import { insertNotification } from '@flow/db/notification';
import type { SkippedRegion } from '@flow/db/deployment';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { askAmong } from './ask.ts';

export const catchUpRegionInput = z.strictObject({ targetDeploymentId: z.string().min(1).max(64) });

/** How it ended: a deployment was asked for, it waits for something, or there is nothing to catch up any more. */
export type CaughtUp = { kind: 'started'; deploymentId: string } | { kind: 'waits'; why: string } | { kind: 'ended' };

/**
 * Catches up a region that a deployment has skipped, once its cluster can be reached: asks for the same version with the same chart and configuration in that region
 * alone, under the rules of every deployment. What is not caught up any more is told. Safe to repeat.
 */
export async function catchUpRegion(ctx: OperationContext, input: z.input<typeof catchUpRegionInput>): Promise<CaughtUp> {
  requireSystem(ctx);
  const { targetDeploymentId } = parseInput(catchUpRegionInput, input);
  const skipped = await findSkipped(ctx.db.prisma, ctx.tenantId, targetDeploymentId);
  if (skipped === null) return { kind: 'ended' };
  const decision = decideCatchUp(skipped.facts);
  switch (decision.kind) {
    case 'wait':
      return { kind: 'waits', why: decision.why };
    case 'drop':
      return drop(ctx, { targetDeploymentId, skipped, why: decision.why });
    case 'start':
      return start(ctx, { targetDeploymentId, skipped });
  }
}

interface Skipped {
  targetDeploymentId: string;
  skipped: SkippedRegion;
}

async function start(ctx: OperationContext, { targetDeploymentId, skipped }: Skipped): Promise<CaughtUp> {
  const { serviceId, environmentId, artifactId, deploymentId: repeatsId, targetId, region } = skipped;
  // Whatever becomes of the record, the same request gives the same deployment.
  const idempotencyKey = `catch-up/${targetDeploymentId}`;
  const asked = { serviceId, environmentId, artifactId, repeatsId, targetIds: [targetId], idempotencyKey };
  const started = await askAmong(ctx, [asked], async (tx, ask) => {
    // Whoever asks for another version there at this moment comes first: what is older must not take it over.
    await lockEnvironment(tx, ctx.tenantId, environmentId);
    const now = await findSkipped(tx, ctx.tenantId, targetDeploymentId);
    if (now === null || decideCatchUp(now.facts).kind !== 'start') return null;
    const [deploymentId = ''] = await ask();
    await saveCatchUp(tx, ctx.tenantId, { id: targetDeploymentId, catchUp: 'started', catchUpId: deploymentId });
    await record(ctx, tx, { skipped, summary: `${region} can be reached again and is caught up`, after: { deploymentId } });
    return { kind: 'started' as const, deploymentId };
  }).catch(refusalOf);
  if (started === null) return { kind: 'waits', why: 'something else was asked for there at the same moment' };
  return 'refusal' in started ? drop(ctx, { targetDeploymentId, skipped, why: started.refusal }) : started;
}

/** Why the rules refuse it whatever one waits for; everything else is thrown on. */
function refusalOf(error: unknown): { refusal: string } {
  if (error instanceof FlowError && error.code === 'precondition') return { refusal: error.message };
  throw error;
}

async function drop(ctx: OperationContext, { targetDeploymentId, skipped, why }: Skipped & { why: string }): Promise<CaughtUp> {
  const { region } = skipped;
  const reason = `${region} was skipped, since its cluster could not be reached, and is not caught up: ${why}`;
  await inTransaction(ctx.db, async (tx) => {
    if (!(await saveCatchUp(tx, ctx.tenantId, { id: targetDeploymentId, catchUp: 'dropped', reason }))) return;
    await insertNotification(tx, ctx.tenantId, {
      id: ctx.newId(),
      kind: 'regionSkipped',
      key: `deployment/${skipped.deploymentId}/dropped/${targetDeploymentId}`,
      deploymentId: skipped.deploymentId,
      approvalId: null,
      state: skipped.facts.deployment,
      reason,
      createdAt: ctx.now,
    });
    await record(ctx, tx, { skipped, summary: reason, after: {} });
  });
  return { kind: 'ended' };
}

async function record(
  ctx: OperationContext,
  tx: Tx,
  { skipped, summary, after }: { skipped: SkippedRegion; summary: string; after: Record<string, string> },
): Promise<void> {
  const { deploymentId, serviceId } = skipped;
  await recordChange(ctx, tx, {
    action: 'deployment.catchUp',
    subject: `deployment:${deploymentId}`,
    summary,
    after,
    event: {
      type: 'deployment.changed',
      topics: [`deployment:${deploymentId}`, `service:${serviceId}`],
      data: { deploymentId, serviceId, state: skipped.facts.deployment, reason: null },
    },
  });
}
