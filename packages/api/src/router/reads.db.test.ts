import { configurationSnapshot } from '@flow/core/deployment';
import { createDatabase } from '@flow/db/client';
import type { RolloutView } from '@flow/core/rollout';
import type { Database } from '@flow/db/client';
import { ingest } from '@flow/db/observation';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { aRollout, addSession, createTestTenant, testId, worldNow } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { createSessionVerifier } from '@flow/operations/session';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testServices } from '../testing/index.ts';
import { createCaller, createContext } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const as = async (person: Pick<TestPerson, 'token'>, services = testServices(db)) =>
  createCaller(await createContext(services, { token: person.token, requestId: 'r', address: null, userAgent: null }));
const here = () => ({ tenant: tenant.slug });

describe('reads', () => {
  test('a person sees who they are and what they may do', async () => {
    const me = await (await as(tenant.people.developer)).session.me();
    expect(me).toMatchObject({
      name: tenant.people.developer.actor.name,
      isPlatformAdmin: false,
      tenants: [{ slug: tenant.slug, role: 'developer' }],
    });
    expect(me.tenants[0]?.rights).toContain('deployment:ask');
    expect(me.expiresAt).toMatch(/^\d{4}-.*Z$/);
  });

  test('home shows what waits for whom, what moves and what is held', async () => {
    const manager = await (await as(tenant.people.releaseManager)).home.get(here());
    expect(manager.waitingForMe.map((one) => one.id)).toEqual([tenant.approvalId]);
    expect(manager.moving.deployments.map((one) => one.id)).toEqual([tenant.movingId]);
    expect(manager.held.map((one) => one.id)).toEqual([tenant.waitingId]);
    const requester = await (await as(tenant.people.developer)).home.get(here());
    expect(requester.waitingForMe).toEqual([]);
  });

  test('the list of services shows what runs of each, and finds by name', async () => {
    const caller = await as(tenant.people.viewer);
    const list = await caller.service.list({ ...here(), search: 'CHECK' });
    expect(list.items).toMatchObject([{ slug: 'checkout', versions: [{ region: 'eu-west', version: '1.1.0' }] }]);
    expect(list.environments.map((one) => one.slug)).toEqual(['dev', 'prod', 'quiet']);
    expect((await caller.service.list({ ...here(), search: 'nothing' })).items).toEqual([]);
  });

  test('a service shows its matrix', async () => {
    const service = await (await as(tenant.people.viewer)).service.get({ ...here(), service: 'checkout' });
    expect(service.environments).toMatchObject([
      { slug: 'dev', regions: ['eu-west'] },
      { slug: 'prod', requiredApprovals: 1 },
      { slug: 'quiet' },
    ]);
    expect(service.versions).toMatchObject([{ environmentId: tenant.developmentId, deploymentId: tenant.succeededId }]);
  });

  test('an artifact shows where it runs and where it went', async () => {
    const artifact = await (await as(tenant.people.viewer)).artifact.get({ ...here(), artifactId: tenant.artifactId });
    expect(artifact.running).toMatchObject([{ environmentSlug: 'dev', region: 'eu-west' }]);
    expect(artifact.deployments.map((one) => one.id).toSorted()).toEqual([tenant.succeededId, tenant.waitingId].toSorted());
  });

  test('a run shows its stages, steps, artifacts and log', async () => {
    const caller = await as(tenant.people.developer);
    const run = await caller.run.get({ ...here(), runId: tenant.runId });
    expect(run).toMatchObject({ number: 1, stages: [{ key: 'build', steps: [{ id: 'build-1', name: 'compile' }] }] });
    expect(run.artifacts.map((artifact) => artifact.id)).toEqual([tenant.artifactId]);
    const first = await caller.run.log({ ...here(), runId: tenant.runId, stepId: 'build-1' });
    expect(first).toEqual({ chunks: [{ ordinal: 0, firstLine: 1, lineCount: 1, text: 'hello\n' }], nextOrdinal: 0, hasMore: false });
    expect((await caller.run.log({ ...here(), runId: tenant.runId, stepId: 'build-1', afterOrdinal: 0 })).chunks).toEqual([]);
  });

  test('a deployment shows its canary, the pods of its release, and to each person what they can do', async () => {
    const place = { tenantId: tenant.id, clusterId: tenant.clusterId, resource: 'pods', resourceVersion: '1' };
    const view = {
      name: 'checkout-1',
      podHash: 'newhash',
      role: 'canary',
      phase: 'Running',
      ready: true,
      reason: '',
      restarts: 0,
      startedAt: null,
    };
    await db.prisma.observedObject.create({
      data: { ...place, namespace: 'ns', name: 'checkout-1', uid: testId('pod'), release: 'checkout', view },
    });
    await db.prisma.observedObject.create({
      data: { ...place, namespace: 'ns', name: 'other-1', uid: testId('pod'), release: 'other', view: { ...view, name: 'other-1' } },
    });
    const page = await (await as(tenant.people.developer)).deployment.get({ ...here(), deploymentId: tenant.movingId });
    expect(page.targets).toMatchObject([{ state: 'paused', observed: { canaryWeight: 20 }, pods: [{ name: 'checkout-1' }] }]);
    expect(page.targets[0]?.abilities.find((one) => one.action === 'promote')?.allowed).toBe(true);
    expect(page.abilities.find((one) => one.action === 'rollback')?.allowed).toBe(true);
    const viewed = await (await as(tenant.people.viewer)).deployment.get({ ...here(), deploymentId: tenant.movingId });
    expect([...viewed.abilities, ...(viewed.targets[0]?.abilities ?? [])].some((one) => one.allowed)).toBe(false);
  });

  test('what would change is there before anyone approves', async () => {
    const diff = await (await as(tenant.people.viewer)).deployment.diff({ ...here(), deploymentId: tenant.waitingId });
    expect(diff).toMatchObject([{ region: 'eu-west', manifest: 'kind: Rollout\n', previous: '', isSame: false }]);
  });

  test('what was edited while a deployment waits is told, and of one that moves nothing', async () => {
    const own = await createTestTenant(db);
    const caller = await as(own.people.viewer);
    const edited = async (deploymentId: string) => (await caller.deployment.get({ tenant: own.slug, deploymentId })).edited;
    const succeeded = await db.prisma.deployment.findFirstOrThrow({ where: { id: own.succeededId } });
    const [target] = await db.prisma.targetDeployment.findMany({ where: { deploymentId: own.waitingId } });
    const [then] = Object.values(configurationSnapshot.parse(succeeded.snapshot).values);
    const snapshot = {
      ...configurationSnapshot.parse(succeeded.snapshot),
      values: { [target?.targetId ?? '']: { ...then, currency: 'EUR' } },
    };
    await db.prisma.deployment.updateMany({ where: { tenantId: own.id }, data: { snapshot } });
    expect(await edited(own.waitingId)).toContainEqual({ path: 'currency', left: ['EUR'], right: [] });
    await db.prisma.service.updateMany({ where: { tenantId: own.id }, data: { values: { currency: 'EUR' } } });
    expect((await edited(own.waitingId)).map(({ path }) => path)).not.toContain('currency');
    await db.prisma.environment.updateMany({ where: { tenantId: own.id }, data: { values: { currency: 'CHF' } } });
    expect(await edited(own.waitingId)).toContainEqual({ path: 'currency', left: ['EUR'], right: ['CHF'] });
    expect(await edited(own.movingId)).toEqual([]);
  });

  test('what was done to a deployment becomes its timeline, newest first, in words', async () => {
    const own = await createTestTenant(db);
    const caller = await as(own.people.developer);
    const guard = { uid: 'rollout-uid', podHash: 'newhash', stepIndex: 1, pauseStartedAt: '2026-03-01T09:59:00Z' };
    const { actionId } = await caller.deployment.act({
      tenant: own.slug,
      deploymentId: own.movingId,
      targetDeploymentId: own.movingTargetId,
      action: 'promote',
      guard,
    });
    await db.prisma.engineAction.updateMany({
      where: { id: actionId },
      data: { state: 'refused', result: { reason: 'it moved on' }, finishedAt: new Date(worldNow.getTime() + 1_000) },
    });
    const timeline = await caller.deployment.timeline({ tenant: own.slug, deploymentId: own.movingId });
    expect(timeline.map((one) => [one.kind, one.region, one.sentence])).toEqual([
      ['engine', 'eu-west', 'Refused: the canary was promoted past its pause (it moved on)'],
      ['person', null, 'Asked for the canary of Checkout 1.0.0 in eu-west to be promoted past its pause'],
    ]);
  });

  test('each step that a canary comes to is told once, as soon as it is seen', async () => {
    const own = await createTestTenant(db);
    const caller = await as(own.people.viewer);
    const place = { tenantId: own.id, clusterId: own.clusterId, namespace: 'ns', name: own.serviceSlug, release: own.serviceSlug };
    const see = (view: Partial<RolloutView>) =>
      ingest(db, [
        {
          ...place,
          resource: 'rollouts',
          uid: 'rollout-uid',
          resourceVersion: testId('v'),
          runId: null,
          isDeleted: false,
          view: aRollout({ deploymentId: own.movingId, steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }], ...view }),
        },
      ]);
    await see({ stepIndex: 1, canaryWeight: 20 });
    await see({ stepIndex: 1, canaryWeight: 20, message: 'still there' });
    await see({ stepIndex: 2, canaryWeight: 100 });
    // What runs there after a way back is none of its steps.
    await see({ stepIndex: 1, canaryWeight: 0, deploymentId: 'another' });
    const timeline = await caller.deployment.timeline({ tenant: own.slug, deploymentId: own.movingId });
    expect(timeline.map((one) => `${one.actorName} in ${String(one.region)}: ${one.sentence}`)).toEqual([
      'Argo Rollouts in eu-west: All traffic goes to the new version',
      'Argo Rollouts in eu-west: The canary has 20 % and waits for a person',
    ]);
  });

  test('the audit log is found by action, subject and time', async () => {
    const own = await createTestTenant(db);
    await (await as(own.people.admin)).service.edit({ tenant: own.slug, serviceId: own.serviceId, tier: 1 });
    const caller = await as(own.people.admin);
    const found = await caller.audit.list({ tenant: own.slug, action: 'service.edit', from: worldNow.toISOString() });
    expect(found.items).toMatchObject([{ subject: `service:${own.serviceId}`, actorName: own.people.admin.actor.name, requestId: 'r' }]);
    expect((await caller.audit.list({ tenant: own.slug, to: worldNow.toISOString() })).items).toEqual([]);
  });
});

describe('pages', () => {
  test('hold every row once, in order, also when many were made in the same millisecond', async () => {
    const own = await createTestTenant(db);
    const run = {
      tenantId: own.id,
      serviceId: own.serviceId,
      state: 'failed',
      branch: 'many',
      trigger: 'push',
      definition: {},
      clusterId: 'c',
      commitSha: 'd'.repeat(40),
    };
    await db.prisma.pipelineRun.createMany({
      data: Array.from({ length: 57 }, (_, index) => ({
        ...run,
        id: testId('run'),
        number: index + 10,
        createdAt: new Date(worldNow.getTime() - Math.floor(index / 10)),
      })),
    });
    const caller = await as(own.people.viewer);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await caller.run.list({
        tenant: own.slug,
        branch: 'many',
        states: ['failed'],
        limit: 10,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.items.map((one) => one.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(57);
    expect(new Set(seen).size).toBe(57);
  });

  test('a cursor that Flow did not make is invalid', async () => {
    const caller = await as(tenant.people.viewer);
    await expect(caller.run.list({ ...here(), cursor: 'bm90LWEtY3Vyc29y' })).rejects.toThrow('not valid any more');
  });
});

describe('access that is taken away', () => {
  test('ends with the next request: after a change of role, a removal and a log-out', async () => {
    const own = await createTestTenant(db);
    // Sessions are remembered here as in production: what is asked is whether the change reaches that memory.
    const services = { ...testServices(db), sessions: createSessionVerifier({ db, now: () => worldNow }) };
    const { developer, viewer, admin } = own.people;
    const input = { tenant: own.slug };
    const boss = await as(admin, services);
    await expect((await as(developer, services)).deployment.cancel({ ...input, deploymentId: 'none' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await boss.member.changeRole({ ...input, userId: developer.id, role: 'viewer' });
    await expect((await as(developer, services)).deployment.cancel({ ...input, deploymentId: 'none' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });

    expect((await (await as(viewer, services)).service.list(input)).items).toHaveLength(1);
    await boss.member.remove({ ...input, userId: viewer.id });
    await expect((await as(viewer, services)).service.list(input)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const device = { token: await addSession(db, admin.id) };
    await (await as(device, services)).session.logOut();
    await expect((await as(device, services)).session.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect((await boss.session.me()).userId).toBe(admin.id);
  });
});
