import { createHash } from 'node:crypto';
import { FlowError } from '@flow/core/fault';
import { actorName, userIdOf } from '@flow/core/rights';
import { evaluate } from '@flow/core/verdict';
import type { Verdict } from '@flow/core/verdict';
import { findArtifact } from '@flow/db/artifact';
import type { ArtifactDetail } from '@flow/db/artifact';
import { findEnvironment, findService, holdEnvironment } from '@flow/db/catalog';
import type { EnvironmentDetail, ServiceDetail } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findKeptAnswer, insertDeployment, keepAnswer } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { buildPlan } from './build-plan.ts';
import { loadVerdictContext } from '../verdict/index.ts';

export const askInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  environmentId: z.string().min(1).max(64),
  artifactId: z.string().min(1).max(64),
  kind: z.enum(['deploy', 'rollback']).default('deploy'),
  /** The run and the stage that wait for it. */
  run: z
    .strictObject({ id: z.string().min(1).max(64), stageKey: z.string().min(1).max(64) })
    .nullable()
    .default(null),
  /** Sent again with the same key after a lost answer, it gives the same deployment. Kept for each person and tenant. */
  idempotencyKey: z.string().min(8).max(100).optional(),
});
export type AskInput = z.output<typeof askInput>;

/**
 * Asks for a deployment of one artifact to one environment: a deployment in `preparing`, which the worker renders, has approved where needed and carries out.
 * Refused at once only when a rule denies it whatever one waits for.
 */
export async function askForDeployment(ctx: OperationContext, input: z.input<typeof askInput>): Promise<{ deploymentId: string }> {
  requireRight(ctx, 'deployment:ask');
  const asked = parseInput(askInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const kept = await findKept(ctx, tx, asked);
    if (kept !== null) return { deploymentId: kept };
    const loaded = await load(ctx, tx, asked);
    await refuseWhatIsDenied(ctx, tx, asked);
    const deploymentId = ctx.newId();
    const winner = await keepOrFind(ctx, tx, { asked, deploymentId });
    if (winner !== deploymentId) return { deploymentId: winner };
    await insert(ctx, tx, { deploymentId, asked, loaded });
    await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
    await record(ctx, tx, { deploymentId, asked, loaded });
    return { deploymentId };
  });
}

interface Loaded {
  service: ServiceDetail;
  environment: EnvironmentDetail;
  artifact: ArtifactDetail;
}

interface Made {
  deploymentId: string;
  asked: AskInput;
  loaded: Loaded;
}

async function load(ctx: OperationContext, tx: Tx, asked: AskInput): Promise<Loaded> {
  const service = await findService(tx, ctx.tenantId, asked.serviceId);
  if (service === null) throw notFound('service');
  refuseArchived(service);
  await holdEnvironment(tx, ctx.tenantId, asked.environmentId);
  const environment = await findEnvironment(tx, ctx.tenantId, asked.environmentId);
  if (environment === null) throw notFound('environment');
  refuseArchived(environment);
  const artifact = await findArtifact(tx, ctx.tenantId, asked.artifactId);
  if (artifact?.serviceId !== service.id) throw notFound('artifact');
  if (environment.targets.length === 0)
    throw new FlowError({ code: 'precondition', message: `${environment.name} has no target in any region: a tenant admin adds one` });
  return { service, environment, artifact };
}

/** What stands against it, with who lifts it: the rest is for the page. */
function denials(verdict: Verdict): string[] {
  return verdict.reasons
    .filter((reason) => reason.effect === 'deny')
    .map((reason) => `${reason.sentence}. It is lifted by ${reason.liftedBy}`);
}

function refuseArchived(place: { name: string; archivedAt: Date | null }): void {
  if (place.archivedAt !== null)
    throw new FlowError({ code: 'precondition', message: `${place.name} is archived: nothing is deployed any more` });
}

async function refuseWhatIsDenied(ctx: OperationContext, tx: Tx, asked: AskInput): Promise<void> {
  const request = { deploymentId: null, kind: asked.kind, subjectHash: null };
  const invoker = invokerOf(ctx) === 'automation' ? ('automation' as const) : ('person' as const);
  const context = await loadVerdictContext(tx, ctx.tenantId, {
    serviceId: asked.serviceId,
    environmentId: asked.environmentId,
    artifactId: asked.artifactId,
    kind: asked.kind,
    deploymentId: null,
    action: asked.kind === 'rollback' ? 'rollback' : 'create',
    invoker,
    by: actorName(ctx.actor),
    plan: null,
    workload: null,
    beginsWave: true,
    now: ctx.now,
  });
  const verdict = evaluate(request, context);
  if (verdict.kind !== 'denied') return;
  throw new FlowError({ code: 'precondition', message: denials(verdict).join('. ') });
}

async function insert(ctx: OperationContext, tx: Tx, { deploymentId, asked, loaded }: Made): Promise<void> {
  await insertDeployment(tx, ctx.tenantId, {
    id: deploymentId,
    serviceId: loaded.service.id,
    environmentId: loaded.environment.id,
    artifactId: loaded.artifact.id,
    kind: asked.kind,
    plan: buildPlan(loaded.environment, loaded.service.slug),
    requestedBy: userIdOf(ctx.actor),
    invoker: invokerOf(ctx),
    runId: asked.run?.id ?? null,
    stageKey: asked.run?.stageKey ?? null,
    createdAt: ctx.now,
    targetDeploymentIds: Object.fromEntries(loaded.environment.targets.map((target) => [target.id, ctx.newId()])),
  });
}

async function record(ctx: OperationContext, tx: Tx, { deploymentId, asked, loaded }: Made): Promise<void> {
  const { service, environment, artifact } = loaded;
  const verb = asked.kind === 'rollback' ? 'going back to' : 'deploying';
  await recordChange(ctx, tx, {
    action: 'deployment.ask',
    subject: `deployment:${deploymentId}`,
    summary: `Asked for ${verb} ${service.name} ${artifact.version} to ${environment.name}`,
    after: { serviceId: service.id, environmentId: environment.id, artifactId: artifact.id, digest: artifact.digest, kind: asked.kind },
    event: {
      type: 'deployment.changed',
      topics: [`deployment:${deploymentId}`, `service:${service.id}`],
      data: { deploymentId, serviceId: service.id, environmentId: environment.id, state: 'preparing', reason: null },
    },
  });
}

function hashOf(asked: AskInput): string {
  const { serviceId, environmentId, artifactId, kind, run } = asked;
  return createHash('sha256')
    .update(JSON.stringify([serviceId, environmentId, artifactId, kind, run?.id, run?.stageKey]))
    .digest('hex');
}

async function findKept(ctx: OperationContext, tx: Tx, asked: AskInput): Promise<string | null> {
  if (asked.idempotencyKey === undefined) return null;
  const kept = await findKeptAnswer(tx, ctx.tenantId, { userId: keyOwner(ctx), key: asked.idempotencyKey });
  if (kept === null) return null;
  if (kept.inputHash === hashOf(asked)) return kept.resultId;
  throw new FlowError({
    code: 'conflict',
    message: 'This idempotency key was used for another request: use a new one',
    fields: [{ path: 'idempotencyKey', message: 'used for something else' }],
  });
}

/** The id that counts for this key: ours, or that of the same request that was faster by a moment. */
async function keepOrFind(ctx: OperationContext, tx: Tx, made: { asked: AskInput; deploymentId: string }): Promise<string> {
  const { asked, deploymentId } = made;
  if (asked.idempotencyKey === undefined) return deploymentId;
  const isFirst = await keepAnswer(tx, ctx.tenantId, {
    userId: keyOwner(ctx),
    key: asked.idempotencyKey,
    inputHash: hashOf(asked),
    resultId: deploymentId,
    createdAt: ctx.now,
  });
  return isFirst ? deploymentId : ((await findKept(ctx, tx, asked)) ?? deploymentId);
}

function keyOwner(ctx: OperationContext): string {
  return userIdOf(ctx.actor) ?? ctx.actor.kind;
}

function invokerOf(ctx: OperationContext): 'person' | 'api' | 'automation' {
  if (ctx.actor.kind === 'person') return 'person';
  return ctx.actor.kind === 'token' ? 'api' : 'automation';
}
