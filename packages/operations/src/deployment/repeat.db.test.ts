import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicies } from '../verdict/load-policies.ts';
import { loadWholeContext } from '../verdict/load-verdict-context.ts';
import { actAs, createTestTenant, endOf, testId } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { aboutToAsk, askForDeployment, previewRepeat, repeatDeployment } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
let olderId: string;
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
  const older = await db.prisma.deployment.findFirstOrThrow({
    where: { tenantId: tenant.id, environmentId: tenant.developmentId, artifactId: tenant.olderArtifactId, state: 'succeeded' },
  });
  olderId = older.id;
});

const developer = () => actAs(db, tenant.id, tenant.people.developer.actor);
const find = (id: string) => db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id } } });
const place = () => ({ serviceId: tenant.serviceId, environmentId: tenant.developmentId });

describe('an earlier deployment', () => {
  test('is shown with what it would change: the version, the chart and each setting', async () => {
    expect(await previewRepeat(developer(), { deploymentId: olderId })).toMatchObject({
      kind: 'rollback',
      isCurrent: false,
      version: '1.0.0',
      fromVersions: ['1.1.0'],
      fromCharts: null,
      newRegions: [],
      settings: [{ path: 'replicas', left: ['3'], right: ['2'] }],
      verdict: { kind: 'allowed' },
    });
  });

  test('is taken again by a rollback that names it, leaves a pin and is in the record', async () => {
    const { deploymentId } = await repeatDeployment(developer(), { deploymentId: olderId });
    expect(await find(deploymentId)).toMatchObject({
      kind: 'rollback',
      state: 'preparing',
      artifactId: tenant.olderArtifactId,
      repeatsId: olderId,
    });
    const pins = await db.prisma.pin.findMany({ where: { tenantId: tenant.id, environmentId: tenant.developmentId, releasedAt: null } });
    expect(pins).toMatchObject([{ kind: 'rollback', version: '1.0.0' }]);
    const entry = await db.prisma.auditEntry.findFirstOrThrow({ where: { tenantId: tenant.id, action: 'deployment.ask' } });
    expect(entry.summary).toContain('with the chart and configuration of an earlier deployment');
  });

  test('in quarantine is refused with the reason, before and when it is asked for', async () => {
    await db.prisma.artifact.updateMany({ where: { tenantId: tenant.id, id: tenant.olderArtifactId }, data: { digest: 'sha256:bad' } });
    const placed = { placedBy: 'u', placedByName: 'Ana', placedAt: new Date() };
    await db.prisma.quarantine.create({
      data: {
        tenantId: tenant.id,
        id: testId('quarantine'),
        digest: 'sha256:bad',
        openDigest: 'sha256:bad',
        reason: 'It loses orders',
        ...placed,
      },
    });
    expect((await previewRepeat(developer(), { deploymentId: olderId })).verdict).toMatchObject({ kind: 'denied' });
    await expect(repeatDeployment(developer(), { deploymentId: olderId })).rejects.toThrow('It loses orders');
  });

  test('sent again with the same key it is one deployment', async () => {
    const asked = { deploymentId: olderId, idempotencyKey: testId('request-key') };
    const answers = await Promise.all([1, 2, 3].map(() => repeatDeployment(developer(), asked)));
    expect(new Set(answers.map((answer) => answer.deploymentId)).size).toBe(1);
  });

  test('of another tenant, place or version is unknown; one that was never healthy is refused; a viewer may look only', async () => {
    expect(await endOf(repeatDeployment(actAs(db, other.id, other.people.developer.actor), { deploymentId: olderId }))).toBe('notFound');
    expect(await endOf(repeatDeployment(developer(), { deploymentId: tenant.movingId }))).toBe('precondition');
    expect(await endOf(previewRepeat(developer(), { deploymentId: tenant.waitingId }))).toBe('precondition');
    const viewer = actAs(db, tenant.id, tenant.people.viewer.actor);
    expect(await endOf(repeatDeployment(viewer, { deploymentId: olderId }))).toBe('forbidden');
    expect(await endOf(previewRepeat(viewer, { deploymentId: olderId }))).toBe('done');
    for (const over of [{ artifactId: tenant.artifactId }, { environmentId: tenant.productionId }]) {
      const asked = { ...place(), artifactId: tenant.olderArtifactId, repeatsId: olderId, ...over };
      expect(await endOf(askForDeployment(developer(), asked))).toBe('notFound');
    }
  });
});

test('what runs is deployed once more, as a deployment and without a pin', async () => {
  expect(await previewRepeat(developer(), { deploymentId: tenant.succeededId })).toMatchObject({
    kind: 'deploy',
    isCurrent: true,
    fromVersions: [],
    settings: [],
  });
  const { deploymentId } = await repeatDeployment(developer(), { deploymentId: tenant.succeededId });
  expect(await find(deploymentId)).toMatchObject({ kind: 'deploy', artifactId: tenant.artifactId, repeatsId: tenant.succeededId });
  expect(await db.prisma.pin.count({ where: { tenantId: tenant.id, environmentId: tenant.developmentId, releasedAt: null } })).toBe(0);
});

test('rules are told what would change: image and configuration of an earlier one, nothing of what runs', async () => {
  const changesOf = async (repeatsId: string, artifactId: string) => {
    const asked = aboutToAsk(developer(), { ...place(), artifactId, repeatsId, kind: 'deploy', invoker: 'person' });
    const policies = await loadPolicies(db.prisma, tenant.id);
    const { governance } = await loadWholeContext(db.prisma, tenant.id, { asked, policies });
    const { changesImage, changesConfiguration, changesChart } = governance.facts.request;
    return { changesImage, changesConfiguration, changesChart };
  };
  expect(await changesOf(olderId, tenant.olderArtifactId)).toEqual({
    changesImage: true,
    changesConfiguration: true,
    changesChart: false,
  });
  expect(await changesOf(tenant.succeededId, tenant.artifactId)).toEqual({
    changesImage: false,
    changesConfiguration: false,
    changesChart: false,
  });
});
