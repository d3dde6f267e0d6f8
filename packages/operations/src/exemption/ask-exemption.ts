import { isTerminal } from '@flow/core/deployment';
import { exemptionKind, exemptionUse, needsOfNext, reviewWithinMs } from '@flow/core/exemption';
import type { ExemptionNeeds } from '@flow/core/exemption';
import { FlowError } from '@flow/core/fault';
import { findArtifact } from '@flow/db/artifact';
import { findEnvironment, findService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import { countOpenExemptions, insertBreakGlass, insertWish } from '@flow/db/exemption';
import type { NewExemption } from '@flow/db/exemption';
import { findPolicy } from '@flow/db/policy';
import type { PolicyRow } from '@flow/db/policy';
import { z } from 'zod';
import { notFound, parseInput, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { tellBreakGlass, tellWish } from '../notification/tell-exemption.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { fromWhat, recordExemption, requireGiver, tooManyOpen } from './standing.ts';

const id = z.string().min(1).max(64);

/** One deployment, or what may be asked for: a service in an environment, of one version or of any. */
export const exemptionScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('deployment'), deploymentId: id }),
  z.strictObject({ kind: z.literal('place'), serviceId: id, environmentId: id, artifactId: id.nullable() }),
]);

export const askExemptionInput = z.strictObject({
  policyId: id,
  scope: exemptionScope,
  kind: exemptionKind,
  use: exemptionUse,
  reason: z.string().trim().min(1, 'say why: whoever answers, and whoever reads the record, needs it').max(500),
  ticket: z.string().trim().max(200).default(''),
  /** From now on, by the clock of the server. */
  lastsMinutes: z.number().int().min(1),
});
type Asked = z.output<typeof askExemptionInput>;

/**
 * Asks for an exemption from one policy in one place. A planned one opens nothing until somebody else gives it. A break-glass opens at once, for those
 * who give exemptions, and leaves a review; how many people must approve the deployment is fixed here by the reviews that are still open.
 */
export async function askExemption(
  ctx: OperationContext,
  input: z.input<typeof askExemptionInput>,
): Promise<{ exemptionId: string; sentence: string }> {
  requireRight(ctx, 'exemption:ask');
  const asked = parseInput(askExemptionInput, input);
  const exemptionId = ctx.newId();
  return inTransaction(ctx.db, async (tx) => {
    // It comes wholly before or wholly after every start that is being decided, and of two at once one counts the review of the other.
    await lookAgain(ctx, tx);
    const wish = await readWish(ctx, tx, { asked, exemptionId });
    const { reviewCount } = await countOpenExemptions(tx, ctx.tenantId);
    const needs = needsOfNext(asked.kind, reviewCount);
    if (needs === null) throw new FlowError({ code: 'precondition', message: tooManyOpen });
    refuseLong(asked, needs);
    await save(ctx, tx, { wish, needs });
    return { exemptionId, sentence: needs.sentence };
  });
}

interface Wish extends NewExemption {
  service: { id: string; slug: string; name: string };
  environment: { id: string; slug: string; name: string };
}

async function readWish(ctx: OperationContext, tx: Tx, { asked, exemptionId }: { asked: Asked; exemptionId: string }): Promise<Wish> {
  const policy = await readPolicy(ctx, tx, asked.policyId);
  const isOfPlatform = policy.isPlatform;
  const person = asked.kind === 'breakGlass' ? requireGiver(ctx, { isOfPlatform }) : requirePerson(ctx);
  const scope = await readScope(ctx, tx, asked);
  const { kind, use, reason, ticket, lastsMinutes } = asked;
  const said = { kind, use, reason, ticket, endsAt: new Date(ctx.now.getTime() + lastsMinutes * minuteMs) };
  const of = { policyId: policy.id, policyKind: policy.kind, policyTitle: policy.title, isOfPlatform };
  return { id: exemptionId, ...of, ...scope, ...said, askedBy: person.userId, askedByName: person.name, askedAt: ctx.now };
}

async function readPolicy(ctx: OperationContext, tx: Tx, policyId: string): Promise<PolicyRow> {
  const policy = await findPolicy(tx, ctx.tenantId, policyId);
  if (policy === null || policy.archivedAt !== null) throw notFound('policy in force');
  if (policy.kind === 'promotion')
    throw new FlowError({ code: 'precondition', message: 'A promotion rule holds nobody: deploy it yourself' });
  if (policy.kind !== 'approval') return policy;
  throw new FlowError({ code: 'precondition', message: 'Nobody is exempt from approvals: name a stand-in, or people for that case' });
}

type Scope = Pick<Wish, 'serviceId' | 'environmentId' | 'digest' | 'version' | 'deploymentId' | 'service' | 'environment'>;

async function readScope(ctx: OperationContext, tx: Tx, { scope, kind }: Asked): Promise<Scope> {
  if (scope.kind === 'deployment') return readDeployment(ctx, tx, scope.deploymentId);
  const { serviceId, environmentId, artifactId } = scope;
  if (artifactId === null && kind === 'breakGlass')
    throw new FlowError({ code: 'precondition', message: 'A break-glass names the version that it is for' });
  const service = await findService(tx, ctx.tenantId, serviceId);
  if (service === null) throw notFound('service');
  const environment = await findEnvironment(tx, ctx.tenantId, environmentId);
  if (environment === null) throw notFound('environment');
  const of = artifactId === null ? { digest: null, version: null } : await readVersion(ctx, tx, { serviceId, artifactId });
  return { serviceId, environmentId, ...of, deploymentId: null, service: namesOf(service), environment: namesOf(environment) };
}

async function readVersion(
  ctx: OperationContext,
  tx: Tx,
  { serviceId, artifactId }: { serviceId: string; artifactId: string },
): Promise<Pick<Scope, 'digest' | 'version'>> {
  const artifact = await findArtifact(tx, ctx.tenantId, artifactId);
  if (artifact?.serviceId !== serviceId) throw notFound('artifact');
  return { digest: artifact.digest, version: artifact.version };
}

async function readDeployment(ctx: OperationContext, tx: Tx, deploymentId: string): Promise<Scope> {
  const found = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  if (isTerminal(found.state)) throw new FlowError({ code: 'precondition', message: 'This deployment has ended: ask for a new one' });
  const { serviceId, environmentId, digest, version } = found;
  const service = { id: serviceId, slug: found.serviceSlug, name: found.serviceName };
  const environment = { id: environmentId, slug: found.environmentSlug, name: found.environmentName };
  return { serviceId, environmentId, digest, version, deploymentId, service, environment };
}

function namesOf({ id: placeId, slug, name }: Wish['service']): Wish['service'] {
  return { id: placeId, slug, name };
}

const minuteMs = 60_000;

function refuseLong({ lastsMinutes }: Asked, { maxMs }: ExemptionNeeds): void {
  if (lastsMinutes * minuteMs <= maxMs) return;
  const hours = maxMs / minuteMs / 60;
  const fields = [{ path: 'lastsMinutes', message: `at most ${hours > 48 ? `${hours / 24} days` : `${hours} hours`}` }];
  throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}

async function save(ctx: OperationContext, tx: Tx, { wish, needs }: { wish: Wish; needs: ExemptionNeeds }): Promise<void> {
  const { service: _service, environment: _environment, ...row } = wish;
  const { policyId, kind, use, reason, ticket, endsAt, version } = wish;
  const after = { exemptionId: wish.id, policyId, kind, use, reason, ticket, endsAt: endsAt.toISOString(), version };
  if (kind === 'planned') {
    await insertWish(tx, ctx.tenantId, row);
    await tellWish(ctx, tx, row);
    return recordExemption(ctx, tx, {
      of: wish,
      action: 'exemption.ask',
      summary: `Asked for an exemption ${fromWhat(wish)}: ${reason}`,
      after,
    });
  }
  const approvalsRequired = needs.approvals;
  const reviewDueAt = new Date(ctx.now.getTime() + reviewWithinMs);
  await insertBreakGlass(tx, ctx.tenantId, { ...row, approvalsRequired, reviewDueAt });
  await tellBreakGlass(ctx, tx, { told: row, reviewDueAt });
  await recordExemption(ctx, tx, {
    of: wish,
    action: 'exemption.breakGlass',
    summary: `Broke the glass ${fromWhat(wish)}: ${reason}`,
    after: { ...after, approvalsRequired },
  });
}
