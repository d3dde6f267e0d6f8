import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Actor } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { listCommits, saveHistory } from '@flow/db/promotion';
import { saveArtifact } from '@flow/db/run';
import { saveWebhookSource } from '@flow/db/webhook';
import { createEnvironment, createService } from '@flow/operations/catalog';
import { platformTenantId } from '@flow/operations/context';
import { askForDeployment } from '@flow/operations/deployment';
import { createPerson } from '@flow/operations/person';
import { startRun } from '@flow/operations/pipeline';
import { addMember, createTenant } from '@flow/operations/tenancy';
import { webhookSecretPlace } from '@flow/operations/webhook';
import { seedApprovals } from './approvals.ts';
import { demoWebhook } from './context.ts';
import type { SeedCluster, SeedContext } from './context.ts';
import { demoPassword, people } from './people.ts';
import type { DemoPerson } from './people.ts';
import { foundedAt } from './past/past.ts';
import type { KnownService, Past } from './past/past.ts';
import { tellPast } from './past/tell-past.ts';
import { headOf, webhookSecretPath } from './repository.ts';

interface Ground {
  clusters: readonly SeedCluster[];
  repository: string;
}

/** Two tenants with people, environments, services and a past; one service is real, the others are modelled by the sandbox. */
export async function seedTenants(context: SeedContext, ground: Ground): Promise<void> {
  const userIds = await seedPeople(context);
  const acme = await seedTenant(context, { ...ground, userIds }, { slug: 'acme', name: 'Acme Shop' });
  const globex = await seedTenant(context, { ...ground, userIds }, { slug: 'globex', name: 'Globex Media' });
  const [cart] = await Promise.all([
    tellAcme(context, acme),
    tellPast(pastOf(context, globex, ['gina@flow.demo', 'gina@flow.demo']), 'globex'),
  ]);
  await seedApprovals(context, acme.id, ['rita@flow.demo', 'adam@flow.demo']);
  await seedCheckout(context, acme, ground);
  if (cart !== undefined) await askForNextCart(context, acme, cart);
}

async function seedPeople(context: SeedContext): Promise<Map<string, string>> {
  const platform = context.operation(platformTenantId, foundedAt(context));
  const userIds = new Map<string, string>();
  for (const { email, name, tenant } of people) {
    const { userId } = await createPerson(platform, { email, name, password: demoPassword, isPlatformAdmin: tenant === null });
    userIds.set(email, userId);
  }
  return userIds;
}

interface SeededTenant {
  id: string;
  slug: string;
  environments: { development: string; production: string };
  /** Its members as they act, by e-mail address. */
  actors: ReadonlyMap<string, Actor>;
}

async function tellAcme(context: SeedContext, acme: SeededTenant): Promise<KnownService | undefined> {
  const services = await tellPast(pastOf(context, acme, ['dora@flow.demo', 'rita@flow.demo']), 'acme');
  return services.find(({ slug }) => slug === 'cart');
}

/** Whose commits were decided about by whom. */
function pastOf(context: SeedContext, tenant: SeededTenant, [developer, approver]: readonly [string, string]): Omit<Past, 'chart'> {
  const { id, slug, environments } = tenant;
  return {
    context,
    db: context.operation(id).db,
    tenantId: id,
    tenantSlug: slug,
    // Nobody approves their own commits: where there is one member only, the authors are elsewhere.
    developer: { actor: actorOf(tenant, developer), email: developer === approver ? `developers@${slug}.example` : developer },
    approver: actorOf(tenant, approver),
    environments,
  };
}

function actorOf({ actors, slug }: SeededTenant, email: string): Actor {
  const actor = actors.get(email);
  if (actor === undefined) throw new Error(`${email} is no member of ${slug}`);
  return actor;
}

const steps = [
  { kind: 'weight' as const, percent: 20 },
  { kind: 'pause' as const, durationSeconds: 12 },
  { kind: 'weight' as const, percent: 50 },
  { kind: 'pause' as const, durationSeconds: 12 },
];
const analysis = { maxErrorRatePercent: 5, maxP95Ms: 1_000, intervalSeconds: 2, failureLimit: 1 };

async function seedTenant(
  context: SeedContext,
  { clusters, userIds }: Ground & { userIds: ReadonlyMap<string, string> },
  tenant: { slug: string; name: string },
): Promise<SeededTenant> {
  const founded = foundedAt(context);
  const members = people.filter((person) => person.tenant === tenant.slug);
  const admin = members.find((person) => person.role === 'admin');
  const { tenantId } = await createTenant(context.operation(platformTenantId, founded), { ...tenant, adminEmail: admin?.email ?? '' });
  const ctx = context.operation(tenantId, founded);
  for (const member of members)
    if (member.role !== 'admin' && member.role !== null) await addMember(ctx, { email: member.email, role: member.role });
  const [first] = clusters;
  const targetIn = (cluster: SeedCluster, environment: string) => ({
    clusterId: cluster.id,
    namespace: `${tenant.slug}-${environment}`,
    values: measuredIn(context, cluster),
  });
  const development = await createEnvironment(ctx, {
    slug: 'development',
    name: 'Development',
    kind: 'development',
    position: 1,
    bakeTimeSeconds: 0,
    waves: first === undefined ? [] : [[first.region]],
    strategy: { steps: [], analysis: null },
    values: { replicas: 1 },
    targets: first === undefined ? [] : [targetIn(first, 'development')],
  });
  const production = await createEnvironment(ctx, {
    slug: 'production',
    name: 'Production',
    kind: 'production',
    position: 2,
    requiredApprovals: 1,
    bakeTimeSeconds: 8,
    waves: clusters.map((cluster) => [cluster.region]),
    strategy: { steps, analysis },
    values: { replicas: 5 },
    targets: clusters.map((cluster) => targetIn(cluster, 'production')),
  });
  return {
    id: tenantId,
    slug: tenant.slug,
    environments: { development: development.environmentId, production: production.environmentId },
    actors: new Map(members.map((member) => [member.email, actorFor(tenantId, member, userIds)])),
  };
}

function actorFor(tenantId: string, { email, name, role }: DemoPerson, userIds: ReadonlyMap<string, string>): Actor {
  const roles = new Map(role === null ? [] : [[tenantId, role] as const]);
  return { kind: 'person', userId: userIds.get(email) ?? '', name, sessionId: 'the past', isPlatformAdmin: false, roles };
}

/** Where the canaries of a cluster are measured: the chart's own address is that of the sandbox. */
function measuredIn({ measurementsUrl }: SeedContext, cluster: SeedCluster): { analysis?: { address: string } } {
  if (measurementsUrl === null) return {};
  return { analysis: { address: `${measurementsUrl}?cluster=${cluster.region}&hash={{args.hash}}` } };
}

/** The real one: its source is in the demo repository, its pods are real processes, its visitors really call it. */
async function seedCheckout(context: SeedContext, tenant: SeededTenant, { repository }: Ground): Promise<void> {
  const ctx = context.operation(tenant.id);
  const { serviceId } = await createService(context.operation(tenant.id, foundedAt(context)), {
    slug: 'checkout',
    name: 'Checkout',
    description: 'Prices a cart. A real service: push to its repository and follow the commit',
    runtime: 'container',
    tier: 1,
    owner: 'dora@flow.demo',
    repositoryUrl: context.repositoryUrl,
    defaultBranch: 'main',
    chart: { kind: 'flow' },
    values: { annotations: { 'sandbox.flow.dev/visitors': '20' } },
    dependsOn: [],
  });
  const secret = randomBytes(32).toString('base64url');
  await mkdir(context.stateDir, { recursive: true });
  await writeFile(webhookSecretPath(context), secret, { mode: 0o600 });
  await inTransaction(ctx.db, (tx) =>
    saveWebhookSource(tx, tenant.id, {
      id: demoWebhook,
      serviceId,
      style: 'github',
      sealedSecret: context.sealer.seal(secret, webhookSecretPlace(demoWebhook)),
    }),
  );
  await startRun(ctx, { serviceId, commitSha: await headOf(repository), branch: 'main' });
}

/** What waits for the first visitor: a version of the cart that its author wants in production, where the one before it runs. */
async function askForNextCart(context: SeedContext, tenant: SeededTenant, { id: serviceId, slug, name }: KnownService): Promise<void> {
  const ctx = { ...context.operation(tenant.id), actor: actorOf(tenant, 'dora@flow.demo') };
  const artifactId = ctx.newId();
  const digest = `sha256:${createHash('sha256').update(`${tenant.slug}/${slug}/next`).digest('hex')}`;
  const [before] = await listCommits(ctx.db.prisma, tenant.id, serviceId);
  const commit = {
    sha: createHash('sha1').update(digest).digest('hex'),
    message: `${name} says what is left in stock`,
    author: 'dora@flow.demo',
  };
  const commits = [{ ...commit, parents: before === undefined ? [] : [before.sha], committedAt: ctx.now }];
  await saveHistory(ctx.db, tenant.id, { serviceId, commits });
  await saveArtifact(ctx.db, {
    tenantId: tenant.id,
    id: artifactId,
    serviceId,
    runId: null,
    version: '1.3.0',
    repository: `registry.example/${tenant.slug}/${slug}`,
    digest,
    commitSha: commit.sha,
    commitMessage: commit.message,
    commitAuthor: commit.author,
    chartVersion: '',
    createdAt: ctx.now,
  });
  for (const environmentId of [tenant.environments.development, tenant.environments.production])
    await askForDeployment(ctx, { serviceId, environmentId, artifactId });
}
