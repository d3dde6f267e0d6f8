import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actAs, createTestTenant, endOf, isWoken, recordedOf } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { answerGate, cancelRun, retryRun, startRun } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  other = await createTestTenant(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const as = (person: TestPerson, tenantId = tenant.id) => actAs(db, tenantId, person.actor);
const runOf = (id: string) => db.prisma.pipelineRun.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id } } });
const commit = { commitSha: 'a'.repeat(40), branch: 'main' };

describe('startRun', () => {
  test('gives runs that are started in the same moment numbers of their own, and has each looked at', async () => {
    const wanted = { serviceId: tenant.serviceId, ...commit };
    const started = await Promise.all(Array.from({ length: 5 }, () => startRun(as(tenant.people.developer), wanted)));
    const numbers = started.map((run) => run.number).toSorted((left, right) => left - right);
    expect(numbers).toEqual(Array.from({ length: 5 }, (_value, index) => (numbers[0] ?? 0) + index));
    expect(await Promise.all(started.map((run) => isWoken(db, 'run', run.runId)))).toEqual([true, true, true, true, true]);
    expect((await recordedOf(db, tenant.id, 'run.start')).auditCount).toBe(5);
  });

  test('is refused without the right, and for the service of another tenant', async () => {
    expect(await endOf(startRun(as(tenant.people.viewer), { serviceId: tenant.serviceId, ...commit }))).toBe('forbidden');
    expect(await endOf(startRun(as(tenant.people.developer), { serviceId: other.serviceId, ...commit }))).toBe('notFound');
  });

  test.each(['', '-x', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[', 'a\\b', 'a\u0000b', 'a\nb', 'x'.repeat(251)])(
    'refuses the branch %j at its field',
    async (branch) => {
      const refused = startRun(as(tenant.people.developer), { serviceId: tenant.serviceId, commitSha: commit.commitSha, branch });
      await expect(refused).rejects.toMatchObject({
        code: 'invalid',
        fields: expect.arrayContaining([expect.objectContaining({ path: 'branch' })]),
      });
    },
  );

  test.each(['', 'main', 'A'.repeat(40), 'a'.repeat(39), `${'a'.repeat(39)}\n`, '--upload-pack=x'])(
    'refuses the commit %j at its field',
    async (commitSha) => {
      const refused = startRun(as(tenant.people.developer), { serviceId: tenant.serviceId, commitSha, branch: 'main' });
      await expect(refused).rejects.toMatchObject({
        code: 'invalid',
        fields: expect.arrayContaining([expect.objectContaining({ path: 'commitSha' })]),
      });
    },
  );
});

describe('answerGate', () => {
  const answer = (person: TestPerson, over: { approved?: boolean; comment?: string; stageKey?: string } = {}, tenantId = tenant.id) =>
    endOf(answerGate(as(person, tenantId), { runId: tenant.movingRunId, stageKey: 'gate', approved: true, ...over }));

  test('is for those who may vote, in their own tenant, at a stage that is there, and a no says why', async () => {
    expect(await answer(tenant.people.developer)).toBe('forbidden');
    expect(await answer(other.people.releaseManager, {}, other.id)).toBe('notFound');
    expect(await answer(tenant.people.releaseManager, { stageKey: 'build' })).toBe('notFound');
    expect(await answer(tenant.people.releaseManager, { approved: false })).toBe('invalid');
  });

  test('is refused to the one who started the run', async () => {
    const requestedBy = tenant.people.releaseManager.id;
    await db.prisma.pipelineRun.updateMany({ where: { id: tenant.movingRunId }, data: { requestedBy } });
    expect(await answer(tenant.people.releaseManager)).toBe('forbidden');
    await db.prisma.pipelineRun.updateMany({ where: { id: tenant.movingRunId }, data: { requestedBy: null } });
  });

  test('of a yes and a no at the same instant one counts, and the other is told', async () => {
    const ends = await Promise.all([
      answer(tenant.people.releaseManager),
      answer(tenant.people.admin, { approved: false, comment: 'not today' }),
    ]);
    expect(ends.toSorted()).toEqual(['conflict', 'done']);
    const stage = await db.prisma.stageRun.findFirstOrThrow({ where: { runId: tenant.movingRunId, key: 'gate' } });
    expect(stage.outputs).toMatchObject({ answer: { approved: ends[0] === 'done' } });
  });
});

describe('cancelRun', () => {
  const cancel = (person: TestPerson) => endOf(cancelRun(as(person), { runId: tenant.movingRunId }));

  test('of two people at the same instant one cancels and the other is told', async () => {
    expect(await cancel(tenant.people.viewer)).toBe('forbidden');
    expect((await Promise.all([cancel(tenant.people.developer), cancel(tenant.people.admin)])).toSorted()).toEqual([
      'done',
      'precondition',
    ]);
    expect((await runOf(tenant.movingRunId)).cancelRequestedAt).not.toBeNull();
  });

  test('a run that has ended stays as it is', async () => {
    expect(await endOf(cancelRun(as(tenant.people.developer), { runId: tenant.runId }))).toBe('precondition');
    expect((await runOf(tenant.runId)).state).toBe('succeeded');
  });
});

describe('retryRun', () => {
  const retry = (person: TestPerson, runId = tenant.failedRunId) => endOf(retryRun(as(person), { runId }));

  test('of two people at the same instant one starts the new segment and the other is told', async () => {
    expect(await retry(tenant.people.viewer)).toBe('forbidden');
    expect((await Promise.all([retry(tenant.people.developer), retry(tenant.people.admin)])).toSorted()).toEqual(['done', 'precondition']);
    const segments = await db.prisma.runSegment.findMany({ where: { runId: tenant.failedRunId }, orderBy: { ordinal: 'asc' } });
    expect(segments.map((segment) => segment.ordinal)).toEqual([1, 2]);
    expect(segments[1]).toMatchObject({ stageKeys: ['build'], state: 'intended' });
    expect((await runOf(tenant.failedRunId)).state).toBe('queued');
  });

  test('a run that went well has nothing to retry', async () => {
    expect(await retry(tenant.people.developer, tenant.runId)).toBe('precondition');
  });
});
