import { listArtifacts } from '@flow/db/artifact';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { saveArtifact } from '@flow/db/run';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { createTestTenant, testId, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

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

const publish = (runId: string, digest: string) =>
  saveArtifact(db, {
    tenantId: tenant.id,
    id: testId('artifact'),
    serviceId: tenant.serviceId,
    runId,
    version: '2.0.0',
    repository: 'registry.test/checkout',
    digest,
    commitSha: 'c'.repeat(40),
    commitMessage: '',
    commitAuthor: '',
    chartVersion: '1.0.0',
    createdAt: worldNow,
  });
const published = async (runId: string) =>
  (await listArtifacts(db.prisma, tenant.id, { serviceId: tenant.serviceId, runId, limit: 10 })).items;

test('a second run of one commit that builds the same content shows the same artifact, and the first one keeps it', async () => {
  const digest = `sha256:${'7'.repeat(64)}`;
  await publish(tenant.movingRunId, digest);
  await publish(tenant.failedRunId, digest);
  const [first, second] = [await published(tenant.movingRunId), await published(tenant.failedRunId)];
  expect(first.map((artifact) => artifact.digest)).toEqual([digest]);
  expect(second).toEqual(first);
  expect(first[0]?.runId).toBe(tenant.movingRunId);
});

test('recording it twice, as after a crash, changes nothing', async () => {
  const digest = `sha256:${'8'.repeat(64)}`;
  await publish(tenant.movingRunId, digest);
  const once = await published(tenant.movingRunId);
  await publish(tenant.movingRunId, digest);
  expect(await published(tenant.movingRunId)).toEqual(once);
});
