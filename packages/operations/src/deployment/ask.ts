import { createHash } from 'node:crypto';
import { inWords, neverHealthySentence } from '@flow/core/deployment';
import type { Plan } from '@flow/core/deployment';
import type { Nearest } from '@flow/core/explanation';
import { FlowError } from '@flow/core/fault';
import { userIdOf } from '@flow/core/rights';
import { findArtifact } from '@flow/db/artifact';
import type { ArtifactDetail } from '@flow/db/artifact';
import { findEnvironment, findService, holdEnvironment } from '@flow/db/catalog';
import type { EnvironmentDetail, ServiceDetail } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findKeptAnswer, findRepeatable, wasHealthyInPlace, insertDeployment, keepAnswer } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { wakeAfterDeployment } from '@flow/db/verdict';
import { aboutToAsk } from './about-to-ask.ts';
import { pinAfterRollback } from '../promotion/pin-after-rollback.ts';
import { buildBackPlan, buildPlan } from './build-plan.ts';
import { findShownPlan } from './nearest-plan.ts';
import { findRefusal, recordRefusal, refusalFault } from './refuse.ts';
import type { Refusal } from './refuse.ts';

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
  /** Whether it starts by itself once nothing stands against it any more, or waits for someone to start it. */
  startsItself: z.boolean().default(true),
  /** Not to start earlier. */
  notBefore: z.iso.datetime().nullable().default(null),
  /** An earlier deployment of the artifact there, whose chart and configuration are taken again. Null for those of now. */
  repeatsId: z.string().min(1).max(64).nullable().default(null),
  /** Only to these of the environment's targets; null for all. */
  targetIds: z.array(z.string().min(1).max(64)).min(1).max(50).nullable().default(null),
  /** In all regions at once, past the steps of the canary: how a person goes back. */
  isAtOnce: z.boolean().default(false),
  /** The promotion rule by which Flow asks for it; null for what anybody else asks for. */
  promotionRuleId: z.string().min(1).max(64).nullable().default(null),
  /** By the nearest plan that guardrails let pass, as it was shown: its hash. Null for the plan of the environment. */
  nearestPlanHash: z.string().min(1).max(100).nullable().default(null),
  /** Sent again with the same key after a lost answer, it gives the same deployment. Kept for each person and tenant. */
  idempotencyKey: z.string().min(8).max(110).optional(),
});
export type AskInput = z.output<typeof askInput>;

/**
 * Asks for a deployment of one artifact to one environment: a deployment in `preparing`, which the worker renders, has approved where needed and carries out.
 * Refused at once only when a rule denies it whatever one waits for.
 */
export async function askForDeployment(ctx: OperationContext, input: z.input<typeof askInput>): Promise<{ deploymentId: string }> {
  requireRight(ctx, 'deployment:ask');
  const [deploymentId = ''] = await askForDeployments(ctx, [input]);
  return { deploymentId };
}

/**
 * Asks for several deployments as one: for all of them, or for none when one is refused. The ids come in the order of what was asked. When a person goes back, the
 * place is pinned to the version of the first.
 */
export function askForDeployments(ctx: OperationContext, inputs: readonly z.input<typeof askInput>[]): Promise<string[]> {
  requireRight(ctx, 'deployment:ask');
  return askAmong(ctx, inputs, (_tx, ask) => ask());
}

/**
 * Asks like `askForDeployments` in one transaction with what else belongs to it. `work` gets that transaction and asks in it, once, or not at all when it finds
 * there that it should not.
 */
export async function askAmong<Result>(
  ctx: OperationContext,
  inputs: readonly z.input<typeof askInput>[],
  work: (tx: Tx, ask: () => Promise<string[]>) => Promise<Result>,
): Promise<Result> {
  requireRight(ctx, 'deployment:ask');
  const all = inputs.map((input) => parseInput(askInput, input));
  if (all.some(({ kind }) => kind === 'rollback')) requireRight(ctx, 'deployment:rollback');
  const told: Told = { refusal: null };
  const askAll = async (tx: Tx): Promise<string[]> => {
    const ids: string[] = [];
    for (const [index, asked] of all.entries()) ids.push(await ask(ctx, tx, { asked, told, pins: index === 0 }));
    return ids;
  };
  try {
    return await inTransaction(ctx.db, (tx) => work(tx, () => askAll(tx)));
  } catch (error) {
    // The transaction has left nothing behind: what it was refused by is kept in one of its own.
    if (told.refusal !== null) await recordRefusal(ctx, told.refusal);
    throw error;
  }
}

/** How far ahead a start may be asked for, in milliseconds. */
const farthestMs = 30 * 24 * 60 * 60 * 1_000;

function refuseFarTimes(ctx: OperationContext, { notBefore }: AskInput): void {
  if (notBefore === null || Date.parse(notBefore) - ctx.now.getTime() <= farthestMs) return;
  const fields = [{ path: 'notBefore', message: 'at most 30 days ahead' }];
  throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}

/** Set when the rules refuse it. */
interface Told {
  refusal: Refusal | null;
}

async function ask(ctx: OperationContext, tx: Tx, { asked, told, pins }: { asked: AskInput; told: Told; pins: boolean }): Promise<string> {
  refuseFarTimes(ctx, asked);
  const kept = await findKept(ctx, tx, asked);
  if (kept !== null) return kept;
  const loaded = await load(ctx, tx, asked);
  const nearest = await refuseWhatIsDenied(ctx, tx, { asked, told, loaded });
  const deploymentId = ctx.newId();
  const winner = await keepOrFind(ctx, tx, { asked, deploymentId });
  if (winner !== deploymentId) return winner;
  const made = { deploymentId, asked, loaded, nearest };
  await insert(ctx, tx, made);
  const { serviceId, environmentId, artifactId } = asked;
  if (pins && asked.kind === 'rollback')
    await pinAfterRollback(ctx, tx, { serviceId, environmentId, artifactId, version: loaded.artifact.version });
  await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
  // What waits in the same place is overtaken by it, at once.
  await wakeAfterDeployment(tx, ctx.tenantId, { deploymentId, serviceId, at: ctx.now });
  await record(ctx, tx, made);
  return deploymentId;
}

interface Loaded {
  service: ServiceDetail;
  environment: EnvironmentDetail;
  artifact: ArtifactDetail;
  /** Not all targets of the environment. */
  isPart: boolean;
}

interface Made {
  deploymentId: string;
  asked: AskInput;
  loaded: Loaded;
  /** Null when it goes by the plan of the environment. */
  nearest: Nearest | null;
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
  const targets = environment.targets.filter(({ id }) => asked.targetIds?.includes(id) ?? true);
  if (targets.length === 0)
    throw new FlowError({ code: 'precondition', message: `${environment.name} has no target in any region: a tenant admin adds one` });
  if (asked.repeatsId !== null) await refuseOtherRepeats(ctx, tx, { ...asked, repeatsId: asked.repeatsId });
  if (asked.kind === 'rollback') await refuseWhatIsNoWayBack(ctx, tx, { ...asked, digest: artifact.digest });
  return { service, environment: { ...environment, targets }, artifact, isPart: targets.length < environment.targets.length };
}

/** Only what was healthy in this very place is taken again, with the version that it had there. */
async function refuseOtherRepeats(ctx: OperationContext, tx: Tx, asked: AskInput & { repeatsId: string }): Promise<void> {
  const earlier = await findRepeatable(tx, ctx.tenantId, asked.repeatsId);
  const { serviceId, environmentId, artifactId } = asked;
  const isSame = earlier?.serviceId === serviceId && earlier.environmentId === environmentId && earlier.artifactId === artifactId;
  if (earlier === null || !isSame) throw notFound('deployment');
  if (earlier.state !== 'succeeded') throw new FlowError({ code: 'precondition', message: neverHealthySentence });
}

/** Rules and approvals do not hold a way back: so it leads only to what was healthy in this very place, never to anything new. */
async function refuseWhatIsNoWayBack(ctx: OperationContext, tx: Tx, to: AskInput & { digest: string }): Promise<void> {
  if (await wasHealthyInPlace(tx, ctx.tenantId, to)) return;
  throw new FlowError({
    code: 'precondition',
    message: 'This version was never healthy there, so it is no way back: deploy it, or go back to one that was',
    fields: [{ path: 'artifactId', message: 'was never healthy in this environment' }],
  });
}

function refuseArchived(place: { name: string; archivedAt: Date | null }): void {
  if (place.archivedAt !== null)
    throw new FlowError({ code: 'precondition', message: `${place.name} is archived: nothing is deployed any more` });
}

/** The same look at the rules as every preview: what they refuse whatever one waits for is not begun. The plan is given back where it is not that of the environment. */
async function refuseWhatIsDenied(
  ctx: OperationContext,
  tx: Tx,
  { asked, told, loaded }: { asked: AskInput; told: Told; loaded: Loaded },
): Promise<Nearest | null> {
  const about = aboutToAsk(ctx, { ...asked, invoker: invokerOf(ctx) === 'automation' ? 'automation' : 'person' });
  const nearest = asked.nearestPlanHash === null ? null : await findShownPlan(tx, ctx.tenantId, { about, hash: asked.nearestPlanHash });
  told.refusal = await findRefusal(tx, ctx.tenantId, { ...about, plan: nearest?.plan ?? partOf(asked, loaded) });
  if (told.refusal !== null) throw refusalFault(told.refusal);
  return nearest;
}

/** The plan of a deployment to some targets, or to all at once; null for that of the environment as a whole. */
function partOf(asked: AskInput, loaded: Loaded): Plan | null {
  return asked.targetIds === null && !asked.isAtOnce ? null : planOf(asked, loaded);
}

function planOf({ isAtOnce }: AskInput, { environment, service }: Loaded): Plan {
  return isAtOnce ? buildBackPlan(environment, service.slug) : buildPlan(environment, service.slug);
}

async function insert(ctx: OperationContext, tx: Tx, { deploymentId, asked, loaded, nearest }: Made): Promise<void> {
  await insertDeployment(tx, ctx.tenantId, {
    id: deploymentId,
    serviceId: loaded.service.id,
    environmentId: loaded.environment.id,
    artifactId: loaded.artifact.id,
    kind: asked.kind,
    plan: nearest?.plan ?? planOf(asked, loaded),
    requestedBy: userIdOf(ctx.actor),
    invoker: invokerOf(ctx),
    startsItself: asked.startsItself,
    repeatsId: asked.repeatsId,
    promotionRuleId: asked.promotionRuleId,
    notBefore: asked.notBefore === null ? null : new Date(asked.notBefore),
    runId: asked.run?.id ?? null,
    stageKey: asked.run?.stageKey ?? null,
    createdAt: ctx.now,
    targetDeploymentIds: Object.fromEntries(loaded.environment.targets.map((target) => [target.id, ctx.newId()])),
  });
}

async function record(ctx: OperationContext, tx: Tx, { deploymentId, asked, loaded, nearest }: Made): Promise<void> {
  const { service, environment, artifact, isPart } = loaded;
  const verb = asked.kind === 'rollback' ? 'going back to' : 'deploying';
  const withWhat = asked.repeatsId === null ? '' : ' with the chart and configuration of an earlier deployment';
  const where = !isPart ? '' : `, ${inWords(environment.targets.map(({ region }) => region))} alone`;
  const byPlan = nearest === null ? '' : ` by the nearest plan that passes: ${nearest.changes.join('; ')}`;
  await recordChange(ctx, tx, {
    action: 'deployment.ask',
    subject: `deployment:${deploymentId}`,
    summary: `Asked for ${verb} ${service.name} ${artifact.version} to ${environment.name}${where}${withWhat}${byPlan}`,
    after: {
      serviceId: service.id,
      environmentId: environment.id,
      artifactId: artifact.id,
      digest: artifact.digest,
      kind: asked.kind,
      ...(asked.repeatsId === null ? {} : { repeatsId: asked.repeatsId }),
      ...(asked.promotionRuleId === null ? {} : { promotionRuleId: asked.promotionRuleId }),
      ...(nearest === null ? {} : { planChanges: nearest.changes }),
    },
    event: {
      type: 'deployment.changed',
      topics: [`deployment:${deploymentId}`, `service:${service.id}`],
      data: { deploymentId, serviceId: service.id, environmentId: environment.id, state: 'preparing', reason: null },
    },
  });
}

function hashOf(asked: AskInput): string {
  const { serviceId, environmentId, artifactId, kind, run, nearestPlanHash, repeatsId, targetIds } = asked;
  const byPlan = [nearestPlanHash, repeatsId, targetIds?.join() ?? null].filter((one) => one !== null);
  return createHash('sha256')
    .update(JSON.stringify([serviceId, environmentId, artifactId, kind, run?.id, run?.stageKey, ...byPlan]))
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

/** Whose keys they are: two people may use the same one. */
export function keyOwner(ctx: OperationContext): string {
  return userIdOf(ctx.actor) ?? ctx.actor.kind;
}

function invokerOf(ctx: OperationContext): 'person' | 'api' | 'automation' {
  if (ctx.actor.kind === 'person') return 'person';
  return ctx.actor.kind === 'token' ? 'api' : 'automation';
}
