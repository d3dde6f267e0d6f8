import { createHash } from 'node:crypto';
import type { ClusterPurpose } from '@flow/core/cluster';
import type { Strategy } from '@flow/core/deployment';
import type { Actor, Role } from '@flow/core/rights';
import type { Database } from '@flow/db/client';
import { saveArtifact } from '@flow/db/run';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { createEnvironment, createService } from '@flow/operations/catalog';
import { recordClusterHealth, registerCluster } from '@flow/operations/cluster';
import { platformTenantId } from '@flow/operations/context';
import type { OperationContext } from '@flow/operations/context';
import { createPerson } from '@flow/operations/person';
import type { Sealer } from '@flow/operations/secret';
import { addMember, createTenant } from '@flow/operations/tenancy';

/** A tenant whose production lies in two regions, one wave each, and the people who act in it. */
export interface Ground {
  tenantId: string;
  environmentId: string;
  clusters: readonly { id: string; region: string }[];
  asker: Actor;
  approver: Actor;
}

export interface GroundTools {
  db: Database;
  now: () => Date;
  newId: () => string;
}

export const namespace = 'shop-production';
const tenantSlug = 'shop';

/** Half of the pods, a pause without end, then a short one. */
export const strategy: Strategy = {
  steps: [{ kind: 'weight', percent: 50 }, { kind: 'pause' }, { kind: 'weight', percent: 80 }, { kind: 'pause', durationSeconds: 1 }],
  analysis: null,
};

const system: Actor = { kind: 'system', reason: 'makes the ground of a test' };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The context in which somebody acts now. */
export function contextOf({ db, now, newId }: GroundTools, tenantId: string, actor: Actor): OperationContext {
  return { actor, tenantId, db, now: now(), newId, log: silent, requestId: null, address: null };
}

/** A cluster of the ground; it takes releases only, unless it says otherwise. */
export interface GroundRegion {
  region: string;
  connection: ClusterConnection;
  purposes?: readonly ClusterPurpose[];
}

/** Makes the tenant, its people, its clusters and its production. */
export async function prepareGround(tools: GroundTools, given: { sealer: Sealer; regions: readonly GroundRegion[] }): Promise<Ground> {
  const platform = contextOf(tools, platformTenantId, system);
  const person = async (name: string): Promise<{ email: string; userId: string; name: string }> => {
    const email = `${name.toLowerCase()}@flow.test`;
    const { userId } = await createPerson(platform, { email, name, password: 'a password for tests only', isPlatformAdmin: false });
    return { email, userId, name };
  };
  const [owner, asker, approver] = [await person('Olga'), await person('Ana'), await person('Bo')];
  const { tenantId } = await createTenant(platform, { slug: tenantSlug, name: 'Shop', adminEmail: owner.email });
  const ctx = contextOf(tools, tenantId, system);
  const join = async (who: typeof asker, role: Role): Promise<Actor> => {
    await addMember(ctx, { email: who.email, role });
    return {
      kind: 'person',
      userId: who.userId,
      name: who.name,
      sessionId: 'a-session',
      isPlatformAdmin: false,
      roles: new Map([[tenantId, role]]),
    };
  };
  const clusters: { id: string; region: string }[] = [];
  const forReleases: readonly ClusterPurpose[] = ['releases'];
  for (const { region, connection, purposes = forReleases } of given.regions) {
    const { clusterId } = await registerCluster(platform, { name: region, region, purposes: [...purposes], connection }, given.sealer);
    const capabilities = { version: '1', workflows: true, rollouts: true, virtualMachines: false, metrics: false, checks: [] };
    await recordClusterHealth(platform, { clusterId, health: 'healthy', healthReason: null, capabilities });
    clusters.push({ id: clusterId, region });
  }
  const { environmentId } = await createEnvironment(ctx, {
    slug: 'production',
    name: 'Production',
    kind: 'production',
    position: 1,
    requiredApprovals: 1,
    bakeTimeSeconds: 2,
    waves: clusters.map(({ region }) => [region]),
    strategy,
    values: { replicas: 2, probes: { readinessPath: '', livenessPath: '' } },
    targets: clusters.map(({ id }) => ({ clusterId: id, namespace, values: {} })),
  });
  return { tenantId, environmentId, clusters, asker: await join(asker, 'developer'), approver: await join(approver, 'releaseManager') };
}

export interface TestService {
  serviceId: string;
  slug: string;
  /** One for each wanted version, oldest first. */
  artifacts: readonly { id: string; digest: string }[];
}

/** Digest of a version that nobody has built. */
function digestOf(slug: string, version: string): string {
  return `sha256:${createHash('sha256').update(`${slug}@${version}`).digest('hex')}`;
}

/** Repository of the images of a service: pods of it are modelled. */
export function repositoryOf(slug: string): string {
  return `registry.invalid/${tenantSlug}/${slug}`;
}

/** Adds a service with an artifact for each version. */
export async function addService(
  tools: GroundTools,
  ground: Ground,
  wanted: { slug: string; versions: readonly string[] },
): Promise<TestService> {
  const ctx = contextOf(tools, ground.tenantId, system);
  const { slug } = wanted;
  const { serviceId } = await createService(ctx, {
    slug,
    name: slug,
    description: '',
    runtime: 'container',
    tier: 2,
    owner: 'shop',
    repositoryUrl: `https://git.invalid/${slug}.git`,
    defaultBranch: 'main',
    chart: { kind: 'flow' },
    values: {},
    dependsOn: [],
  });
  const artifacts: { id: string; digest: string }[] = [];
  for (const version of wanted.versions) {
    const [id, digest] = [tools.newId(), digestOf(slug, version)];
    await saveArtifact(tools.db, {
      tenantId: ground.tenantId,
      id,
      serviceId,
      runId: null,
      version,
      repository: repositoryOf(slug),
      digest,
      commitSha: createHash('sha1').update(digest).digest('hex'),
      commitMessage: `Version ${version}`,
      commitAuthor: 'nobody@flow.test',
      chartVersion: '',
      createdAt: tools.now(),
    });
    artifacts.push({ id, digest });
  }
  return { serviceId, slug, artifacts };
}
