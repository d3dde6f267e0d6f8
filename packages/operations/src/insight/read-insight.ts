import { casesBehind, insightNumber, insightOf, periodOf } from '@flow/core/insight';
import type { DeploymentFact, Insight, InsightCase, Stretch } from '@flow/core/insight';
import { findEnvironmentNames, findServiceNames } from '@flow/db/catalog';
import { endedMax, listEnded } from '@flow/db/insight';
import { findPolicyTitles } from '@flow/db/policy';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { ownTitle } from '../ledger/index.ts';

const name = z.string().min(1).max(64);

export const readInsightInput = z.strictObject({
  /** How far back, in days of UTC, today among them. */
  days: z.number().int().min(1).max(366).default(30),
  serviceId: name.optional(),
  environmentId: name.optional(),
  /** Environments of this kind; one that is named by its id goes before it. */
  environmentKind: z.enum(['development', 'staging', 'production', 'ephemeral']).optional(),
  region: name.optional(),
});

export const readInsightCasesInput = readInsightInput.extend({
  number: insightNumber,
  of: z.string().max(200).default(''),
  /** A part of the period; all of it without. */
  from: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  offset: z.number().int().min(0).max(endedMax).default(0),
});

type Names = Readonly<Record<string, string>>;

/** The insight with what its services and policies are called. */
export interface NamedInsight extends Insight {
  period: Stretch;
  /** So many deployments have ended that the period begins later than it was asked for. */
  isShortened: boolean;
  serviceNames: Names;
  /** By what `heldBy` names: source and id. */
  policyTitles: Names;
}

/** A deployment behind a number, with the names of its places. */
export interface NamedInsightCase extends InsightCase {
  serviceName: string;
  environmentName: string;
}

const casesMax = 50;
/** Of a tenant with more services those with most changes are told; any can be chosen. */
const servicesMax = 200;

/** How a tenant delivers: the four keys of DORA and what makes up the way, of what has ended in a period, each number made from the very deployments behind it. */
export async function readInsight(ctx: OperationContext, input: z.input<typeof readInsightInput>): Promise<NamedInsight> {
  requireRight(ctx, 'deployment:read');
  const asked = parseInput(readInsightInput, input);
  const { facts, period, isShortened } = await load(ctx, asked);
  const all = insightOf(facts, { period, region: asked.region ?? null });
  const told = { ...all, services: all.services.slice(0, servicesMax) };
  const serviceNames = await findServiceNames(
    ctx.db.prisma,
    ctx.tenantId,
    told.services.map(({ of }) => of),
  );
  return { ...told, period, isShortened, serviceNames: Object.fromEntries(serviceNames), policyTitles: await titlesOf(ctx, told) };
}

/** The deployments behind one number: what took longest first, else the newest. */
export async function readInsightCases(
  ctx: OperationContext,
  input: z.input<typeof readInsightCasesInput>,
): Promise<{ total: number; cases: NamedInsightCase[] }> {
  requireRight(ctx, 'deployment:read');
  const { number, of, from, until, offset, ...asked } = parseInput(readInsightCasesInput, input);
  const { facts, period } = await load(ctx, asked);
  const within = { from: from === undefined ? period.from : new Date(from), until: until === undefined ? period.until : new Date(until) };
  const wanted = { number, of, within, region: asked.region ?? null };
  const { total, cases } = casesBehind(facts, wanted, { offset, limit: casesMax });
  const services = await findServiceNames(
    ctx.db.prisma,
    ctx.tenantId,
    cases.map(({ serviceId }) => serviceId),
  );
  const environments = await findEnvironmentNames(ctx.db.prisma, ctx.tenantId);
  const named = cases.map((one) => ({
    ...one,
    serviceName: services.get(one.serviceId) ?? 'a service that is gone',
    environmentName: environments.get(one.environmentId)?.name ?? 'an environment that is gone',
  }));
  return { total, cases: named };
}

interface Loaded {
  facts: readonly DeploymentFact[];
  period: Stretch;
  isShortened: boolean;
}

async function load(ctx: OperationContext, asked: z.output<typeof readInsightInput>): Promise<Loaded> {
  const period = periodOf(asked.days, ctx.now);
  const { serviceId = null } = asked;
  if (serviceId !== null) await requireService(ctx, serviceId);
  const environmentIds = await environmentsOf(ctx, asked);
  const facts = await listEnded(ctx.db.prisma, ctx.tenantId, { period, serviceId, environmentIds, limit: endedMax });
  const oldest = facts.at(-1);
  if (facts.length < endedMax || oldest === undefined) return { facts, period, isShortened: false };
  // What ended in the same moment as the oldest may be missing: everything after it is there.
  const from = new Date(oldest.finishedAt.getTime() + 1);
  return { facts: facts.filter(({ finishedAt }) => finishedAt >= from), period: { ...period, from }, isShortened: true };
}

async function requireService(ctx: OperationContext, serviceId: string): Promise<void> {
  const found = await findServiceNames(ctx.db.prisma, ctx.tenantId, [serviceId]);
  if (found.size === 0) throw notFound('service');
}

/** Archived ones too: what went there has gone there. Null for all. */
async function environmentsOf(
  ctx: OperationContext,
  { environmentId, environmentKind }: z.output<typeof readInsightInput>,
): Promise<readonly string[] | null> {
  if (environmentId === undefined && environmentKind === undefined) return null;
  const all = await findEnvironmentNames(ctx.db.prisma, ctx.tenantId);
  if (environmentId === undefined) return [...all].flatMap(([id, { kind }]) => (kind === environmentKind ? [id] : []));
  if (!all.has(environmentId)) throw notFound('environment');
  return [environmentId];
}

async function titlesOf(ctx: OperationContext, { heldBy }: Insight): Promise<Names> {
  const policies = heldBy.map(({ of }) => ({ of, source: of.slice(0, of.indexOf(' ')), id: of.slice(of.indexOf(' ') + 1) }));
  const titles = await findPolicyTitles(
    ctx.db.prisma,
    ctx.tenantId,
    policies.map(({ id }) => id),
  );
  const titleOf = ({ source, id }: (typeof policies)[number]): string =>
    source === 'builtIn' ? ownTitle(id) : (titles.get(id) ?? 'a policy that is gone');
  return Object.fromEntries(policies.map((policy) => [policy.of, titleOf(policy)]));
}
