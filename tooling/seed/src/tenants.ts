import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inTransaction } from '@flow/db/client';
import { saveArtifact } from '@flow/db/run';
import { saveWebhookSource } from '@flow/db/webhook';
import { createEnvironment, createService } from '@flow/operations/catalog';
import { platformTenantId } from '@flow/operations/context';
import { askForDeployment } from '@flow/operations/deployment';
import { createPerson } from '@flow/operations/person';
import { startRun } from '@flow/operations/pipeline';
import { addMember, createTenant } from '@flow/operations/tenancy';
import { webhookSecretPlace } from '@flow/operations/webhook';
import { demoWebhook } from './context.ts';
import type { SeedCluster, SeedContext } from './context.ts';
import { demoPassword, people } from './people.ts';
import { headOf } from './repository.ts';

interface Ground {
  clusters: readonly SeedCluster[];
  repository: string;
}

/** Two tenants with people, environments and services; one service is real, the others are modelled by the sandbox. */
export async function seedTenants(context: SeedContext, ground: Ground): Promise<void> {
  const platform = context.operation(platformTenantId);
  for (const person of people)
    await createPerson(platform, {
      email: person.email,
      name: person.name,
      password: demoPassword,
      isPlatformAdmin: person.tenant === null,
    });
  const acme = await seedTenant(context, ground, { slug: 'acme', name: 'Acme Shop' });
  const globex = await seedTenant(context, ground, { slug: 'globex', name: 'Globex Media' });
  await seedCheckout(context, acme, ground);
  await seedModelled(context, acme, [
    { slug: 'cart', name: 'Cart', description: 'Keeps what people want to buy', tier: 1 },
    { slug: 'search', name: 'Search', description: 'Finds products by word and picture', tier: 2 },
    { slug: 'payments', name: 'Payments', description: 'Takes money and gives it back', tier: 1 },
    { slug: 'recommendations', name: 'Recommendations', description: 'Suggests what goes with what', tier: 3 },
  ]);
  await seedModelled(context, globex, [
    { slug: 'encoder', name: 'Encoder', description: 'Turns uploads into streams', tier: 2 },
    { slug: 'player', name: 'Player', description: 'Plays streams in the browser', tier: 1 },
  ]);
}

interface SeededTenant {
  id: string;
  slug: string;
  environments: { development: string; production: string };
}

const steps = [
  { kind: 'weight' as const, percent: 20 },
  { kind: 'pause' as const, durationSeconds: 12 },
  { kind: 'weight' as const, percent: 50 },
  { kind: 'pause' as const, durationSeconds: 12 },
];
const analysis = { maxErrorRatePercent: 5, maxP95Ms: 500, intervalSeconds: 2, failureLimit: 1 };

async function seedTenant(context: SeedContext, { clusters }: Ground, tenant: { slug: string; name: string }): Promise<SeededTenant> {
  const members = people.filter((person) => person.tenant === tenant.slug);
  const admin = members.find((person) => person.role === 'admin');
  const { tenantId } = await createTenant(context.operation(platformTenantId), { ...tenant, adminEmail: admin?.email ?? '' });
  const ctx = context.operation(tenantId);
  for (const member of members)
    if (member.role !== 'admin' && member.role !== null) await addMember(ctx, { email: member.email, role: member.role });
  const [first] = clusters;
  const targetIn = (cluster: SeedCluster, environment: string) => ({
    clusterId: cluster.id,
    namespace: `${tenant.slug}-${environment}`,
    values: {},
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
  };
}

/** The real one: its source is in the demo repository, its pods are real processes, its visitors really call it. */
async function seedCheckout(context: SeedContext, tenant: SeededTenant, { repository }: Ground): Promise<void> {
  const ctx = context.operation(tenant.id);
  const { serviceId } = await createService(ctx, {
    slug: 'checkout',
    name: 'Checkout',
    description: 'Prices a cart. A real service: push to its repository and follow the commit',
    runtime: 'container',
    tier: 1,
    owner: 'dora@flow.demo',
    repositoryUrl: pathToFileURL(repository).href,
    defaultBranch: 'main',
    chart: { kind: 'flow' },
    values: { annotations: { 'sandbox.flow.dev/visitors': '20' } },
    dependsOn: [],
  });
  const secret = randomBytes(32).toString('base64url');
  await mkdir(context.stateDir, { recursive: true });
  await writeFile(join(context.stateDir, 'demo-webhook-secret'), secret, { mode: 0o600 });
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

interface ModelledService {
  slug: string;
  name: string;
  description: string;
  tier: number;
}

/** Services whose pods the sandbox models: their releases, canaries and analyses are the sandbox's, without a program behind them. */
async function seedModelled(context: SeedContext, tenant: SeededTenant, services: readonly ModelledService[]): Promise<void> {
  const ctx = context.operation(tenant.id);
  for (const [index, service] of services.entries()) {
    const { serviceId } = await createService(ctx, {
      ...service,
      runtime: 'container',
      owner: `${tenant.slug}-platform`,
      repositoryUrl: `https://git.example/${tenant.slug}/${service.slug}.git`,
      defaultBranch: 'main',
      chart: { kind: 'flow' },
      values: { annotations: { 'sandbox.flow.dev/visitors': '20' } },
      dependsOn: [],
    });
    const artifactId = ctx.newId();
    const digest = `sha256:${createHash('sha256').update(`${tenant.slug}/${service.slug}/1`).digest('hex')}`;
    await saveArtifact(ctx.db, {
      tenantId: tenant.id,
      id: artifactId,
      serviceId,
      runId: null,
      version: '1.0.0',
      repository: `registry.example/${tenant.slug}/${service.slug}`,
      digest,
      commitSha: createHash('sha1').update(digest).digest('hex'),
      commitMessage: `First release of ${service.name}`,
      commitAuthor: 'dora@flow.demo',
      chartVersion: '',
    });
    await askForDeployment(ctx, { serviceId, environmentId: tenant.environments.development, artifactId });
    if (index === 0) await askForDeployment(ctx, { serviceId, environmentId: tenant.environments.production, artifactId });
  }
}
