import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { actAs, createTestTenant, endOf, testId, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { readInsight, readInsightCases } from './index.ts';
import type { NamedInsight } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  [tenant, other] = [await createTestTenant(db), await createTestTenant(db)];
});

const as = (role: keyof TestTenant['people']) => actAs(db, tenant.id, tenant.people[role].actor);
const hourMs = 3_600_000;
const hoursAgo = (hours: number): Date => new Date(worldNow.getTime() - hours * hourMs);
const production = (): { environmentId: string } => ({ environmentId: tenant.productionId });

interface Wanted {
  state?: string;
  kind?: string;
  backCause?: string;
  artifactId?: string;
  serviceId?: string;
  startedAt?: Date | null;
  finishedAt: Date;
  target?: { state?: string; failedAt?: Date; finishedAt?: Date; analyses?: object[]; progress?: object[] };
}

/** A deployment that went to production and has ended; it was well unless said otherwise. */
async function add(of: TestTenant, { target = {}, finishedAt, ...wanted }: Wanted): Promise<string> {
  const id = testId('ended');
  const place = { tenantId: of.id, serviceId: of.serviceId, environmentId: of.productionId, artifactId: of.artifactId };
  const fixed = { plan: {}, snapshot: {}, snapshotHash: '', invoker: 'person', state: 'succeeded', startedAt: finishedAt };
  await db.prisma.deployment.create({ data: { id, ...place, ...fixed, createdAt: finishedAt, ...wanted, finishedAt } });
  const region = {
    targetId: `${of.productionId}-eu`,
    region: 'eu-west',
    clusterId: of.clusterId,
    namespace: 'ns',
    releaseName: 'checkout',
  };
  await db.prisma.targetDeployment.create({
    data: { tenantId: of.id, id: `${id}-eu`, deploymentId: id, wave: 0, state: 'healthy', ...region, finishedAt, ...target },
  });
  return id;
}

/** A new version, committed then. */
async function addVersion(committedAt: Date, serviceId = tenant.serviceId): Promise<string> {
  const [id, sha] = [testId('version'), testId('sha')];
  const artifact = { repository: 'r', digest: `sha256:${id}`, commitSha: sha, chartVersion: '1', createdAt: hoursAgo(0) };
  await db.prisma.artifact.create({ data: { tenantId: tenant.id, id, serviceId, version: id, ...artifact } });
  await db.prisma.commit.create({ data: { tenantId: tenant.id, serviceId, sha, parents: ['p'], committedAt } });
  return id;
}

async function kept(deploymentId: string, became: { outcome: string; outcomeOf: string }): Promise<void> {
  const { id: tenantId, serviceId, productionId: environmentId, artifactId } = tenant;
  const verdict = { moment: 'started', result: 'allowed', at: hoursAgo(9), factsVersion: 1, facts: '', others: '', said: [], digest: 'd' };
  await db.prisma.keptVerdict.create({
    data: { tenantId, id: testId('verdict'), deploymentId, serviceId, environmentId, artifactId, ...verdict, ...became },
  });
}

const idsBehind = async (wanted: Omit<Parameters<typeof readInsightCases>[1], 'environmentId'>): Promise<string[]> =>
  (await readInsightCases(as('viewer'), { ...production(), ...wanted })).cases.map(({ deploymentId }) => deploymentId);

test('what has ended in the period is told with the deployments behind each number; what is of others, of elsewhere and older is not', async () => {
  const version = await addVersion(hoursAgo(30));
  const first = await add(tenant, { artifactId: version, finishedAt: hoursAgo(20) });
  const again = await add(tenant, { artifactId: version, finishedAt: hoursAgo(10) });
  await add(tenant, { finishedAt: hoursAgo(24 * 40) });
  await add(other, { finishedAt: hoursAgo(1) });
  const told = await readInsight(as('viewer'), production());
  expect(told).toMatchObject({
    endedCount: 2,
    isShortened: false,
    figures: { deliveredCount: 2, lead: { count: 1, medianMs: 10 * hourMs } },
  });
  expect(told.serviceNames).toEqual({ [tenant.serviceId]: 'Checkout' });
  expect(await idsBehind({ number: 'delivered' })).toEqual([again, first]);
  expect(await idsBehind({ number: 'lead' })).toEqual([first]);
  expect(await idsBehind({ number: 'lead', until: hoursAgo(20).toISOString() })).toEqual([]);
  expect((await readInsight(as('viewer'), { days: 90, environmentKind: 'production' })).figures.deliveredCount).toBe(3);
  expect(await readInsight(as('viewer'), { environmentId: tenant.quietId })).toMatchObject({
    endedCount: 0,
    figures: { failureRate: null },
  });
  expect((await readInsight(as('viewer'), { ...production(), region: 'mars' })).endedCount).toBe(0);
});

test('the time of a commit that nobody has read is not taken from its artifact', async () => {
  const createdAt = hoursAgo(30);
  const artifactId = await addVersion(createdAt);
  const { commitSha } = await db.prisma.artifact.update({
    where: { tenantId_id: { tenantId: tenant.id, id: artifactId } },
    data: { createdAt },
  });
  await db.prisma.commit.updateMany({ where: { tenantId: tenant.id, sha: commitSha }, data: { parents: [] } });
  await add(tenant, { artifactId, finishedAt: hoursAgo(20) });
  expect((await readInsight(as('viewer'), production())).figures).toMatchObject({ deliveredCount: 1, lead: { count: 0, medianMs: null } });
});

test('failures are told from when they were seen until the service was restored, with their causes', async () => {
  const metric = {
    metrics: [
      { name: 'p95', phase: 'Successful' },
      { name: 'error-rate', phase: 'Failed' },
    ],
  };
  const back = { state: 'rolledBack', failedAt: hoursAgo(21), analyses: [metric] };
  const stopped = await add(tenant, { state: 'rolledBack', backCause: 'failure', finishedAt: hoursAgo(20), target: back });
  const bad = await add(tenant, { finishedAt: hoursAgo(15) });
  const wayBack = await add(tenant, { kind: 'rollback', startedAt: hoursAgo(12), finishedAt: hoursAgo(10) });
  await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: wayBack } }, data: { createdAt: hoursAgo(13) } });
  await kept(bad, { outcome: 'rolledBack', outcomeOf: wayBack });
  const hit = await add(tenant, { finishedAt: hoursAgo(8) });
  await kept(hit, { outcome: 'incident', outcomeOf: tenant.incidentId });
  const told = await readInsight(as('viewer'), production());
  expect(told.figures).toMatchObject({
    changeCount: 3,
    failedCount: 3,
    restored: { count: 2, medianMs: hourMs, totalMs: 4 * hourMs },
    unrestoredCount: 1,
  });
  expect(told.causes).toEqual([
    { of: 'metric:error-rate', count: 1 },
    { of: 'takenBack', count: 1 },
  ]);
  expect(await idsBehind({ number: 'back', of: 'metric:error-rate' })).toEqual([stopped]);
  expect(await idsBehind({ number: 'restored' })).toEqual([bad, stopped]);
  expect(await idsBehind({ number: 'unrestored' })).toEqual([hit]);
});

test('the way is told: steps of canaries, the wait for people, and what held it by its name', async () => {
  const step = (stepIndex: number, hours: number) => ({
    at: hoursAgo(hours).toISOString(),
    stepIndex,
    weight: 20,
    step: stepIndex === 0 ? { kind: 'weight', percent: 20 } : null,
  });
  const id = await add(tenant, { finishedAt: hoursAgo(2), target: { progress: [step(0, 4), step(1, 3)] } });
  const asked = {
    state: 'approved',
    subjectHash: 'h',
    requiredCount: 1,
    expiresAt: worldNow,
    createdAt: hoursAgo(9),
    decidedAt: hoursAgo(7),
  };
  await db.prisma.approvalRequest.create({ data: { tenantId: tenant.id, id: testId('approval'), deploymentId: id, ...asked } });
  const said = { source: 'rule', policyId: tenant.policyId, effect: 'hold', isShadow: false, isLimit: false, sentence: '', digest: 'd' };
  const { serviceId, productionId: environmentId, artifactId } = tenant;
  const place = { tenantId: tenant.id, deploymentId: id, serviceId, environmentId, artifactId };
  const span = { beganAt: hoursAgo(7), endedAt: hoursAgo(5) };
  await db.prisma.policyFinding.create({ data: { id: testId('finding'), ...place, ...said, ...span } });
  await db.prisma.policyFinding.create({ data: { id: testId('finding'), ...place, ...said, ...span, isShadow: true, policyId: 'shadow' } });
  await db.prisma.policyFinding.create({
    data: { id: testId('finding'), ...place, ...said, ...span, source: 'builtIn', policyId: 'its-turn', isLimit: true },
  });
  const told: NamedInsight = await readInsight(as('viewer'), production());
  expect(told.steps).toMatchObject([
    { of: '0 20 %', medianMs: hourMs },
    { of: 'finish', medianMs: hourMs },
  ]);
  expect(told.approval).toEqual({ count: 1, medianMs: 2 * hourMs, totalMs: 2 * hourMs });
  expect(told.held.totalMs).toBe(2 * hourMs);
  expect(told.heldKinds.map(({ of }) => of).toSorted()).toEqual(['queue', 'rule']);
  expect(told.policyTitles).toEqual({ [`rule ${tenant.policyId}`]: 'Look twice', 'builtIn its-turn': 'Its turn in the queue' });
  expect(await idsBehind({ number: 'heldBy', of: `rule ${tenant.policyId}` })).toEqual([id]);
});

test('the figures are those that a plain count over the rows gives', async () => {
  const services = [tenant.serviceId, await addService('orders'), await addService('stock')];
  // A sequence of numbers that is the same in each run.
  let seed = 42;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    // The low digits of such a sequence repeat soon.
    return Math.floor(seed / 65_536) % below;
  };
  for (let index = 0; index < 120; index += 1) {
    const [serviceId = '', hours, isBad, isUntouched] = [services[next(3)], 1 + next(29 * 24), next(4) === 0, next(9) === 0];
    const finishedAt = hoursAgo(hours);
    const artifactId = await addVersion(new Date(finishedAt.getTime() - (1 + next(50)) * hourMs), serviceId);
    const back = { state: 'rolledBack', failedAt: new Date(finishedAt.getTime() - (1 + next(9)) * hourMs) };
    if (isUntouched)
      await add(tenant, { serviceId, artifactId, state: 'cancelled', startedAt: null, finishedAt, target: { state: 'skipped' } });
    else if (isBad) await add(tenant, { serviceId, artifactId, state: 'rolledBack', backCause: 'person', finishedAt, target: back });
    else await add(tenant, { serviceId, artifactId, finishedAt });
  }
  const told = await readInsight(as('viewer'), production());
  expect(told.figures).toEqual(await naive());
  for (const { of, figures } of told.services) expect(figures).toEqual(await naive(of));
  expect(told.services.map(({ of }) => of).toSorted()).toEqual(services.toSorted());
  expect(told.buckets.reduce((sum, { figures }) => sum + figures.changeCount, 0)).toBe(told.figures.changeCount);
  expect(told.regions).toEqual([{ of: 'eu-west', figures: told.figures }]);
});

async function addService(slug: string): Promise<string> {
  const id = testId(slug);
  await db.prisma.service.create({ data: { tenantId: tenant.id, id, slug, name: slug, repositoryUrl: 'https://git.test/x.git' } });
  return id;
}

/** The four keys of what went to production, row by row: every deployment has one region and a version of its own here. */
async function naive(serviceId?: string): Promise<NamedInsight['figures']> {
  const rows = await db.prisma.deployment.findMany({
    where: {
      tenantId: tenant.id,
      environmentId: tenant.productionId,
      startedAt: { not: null },
      finishedAt: { not: null },
      ...(serviceId === undefined ? {} : { serviceId }),
    },
    include: { targets: true, artifact: true },
  });
  const commits = await db.prisma.commit.findMany({ where: { tenantId: tenant.id } });
  const leads: number[] = [];
  const restores: number[] = [];
  for (const row of rows) {
    const end = row.finishedAt?.getTime() ?? 0;
    const commit = commits.find(({ sha }) => sha === row.artifact.commitSha);
    if (row.state === 'succeeded') leads.push(end - (commit?.committedAt.getTime() ?? 0));
    else restores.push(end - (row.targets[0]?.failedAt?.getTime() ?? 0));
  }
  const lengths = (all: number[]) => {
    const sorted = [...all].sort((left, right) => left - right);
    return { count: all.length, medianMs: sorted[Math.ceil(all.length / 2) - 1] ?? null, totalMs: all.reduce((sum, one) => sum + one, 0) };
  };
  return {
    deliveredCount: leads.length,
    changeCount: rows.length,
    failedCount: restores.length,
    failureRate: restores.length / rows.length,
    lead: lengths(leads),
    restored: lengths(restores),
    unrestoredCount: 0,
  };
}

test('only members read it, of their own places, of a period that can be told', async () => {
  const stranger = actAs(db, tenant.id, other.people.admin.actor);
  expect(await endOf(readInsight(stranger, {}))).toBe('forbidden');
  expect(await endOf(readInsightCases(stranger, { number: 'changes' }))).toBe('forbidden');
  expect(await endOf(readInsight(as('viewer'), { days: 0 }))).toBe('invalid');
  expect(await endOf(readInsight(as('viewer'), { serviceId: other.serviceId }))).toBe('notFound');
  expect(await endOf(readInsightCases(as('viewer'), { number: 'changes', environmentId: other.productionId }))).toBe('notFound');
});
