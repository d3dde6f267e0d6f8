import { openCollector } from '@flow/telemetry/testing';
import { traced } from '@flow/telemetry/trace';
import { openTracing } from '@flow/telemetry/tracing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabase, inTransaction } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { failJob, finishJob, takeJobs } from './take.ts';
import { wake } from './wake.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
beforeEach(() => db.pool.query('DELETE FROM job'));
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const past = new Date(0);
const wakeOne = (key: string, tenantId = 't1', runAt = past) =>
  inTransaction(db, (tx) => wake(tx, { kind: 'deployment', key, tenantId, runAt }));

test('a job is taken by one worker only, however many ask', async () => {
  await wakeOne('d1');
  const taken = await Promise.all(Array.from({ length: 8 }, (_, index) => takeJobs(db, `w${index}`, 5)));
  expect(taken.flat().map((job) => job.key)).toEqual(['d1']);
});

test('a wake during a run is not lost when the run ends', async () => {
  await wakeOne('d1');
  const [job] = await takeJobs(db, 'w1', 1);
  if (job === undefined) throw new Error('no job');
  await wakeOne('d1');
  await finishJob(db, 'w1', { job });
  expect((await takeJobs(db, 'w2', 1)).map((again) => again.key)).toEqual(['d1']);
});

test('a finished job that nobody woke is gone', async () => {
  await wakeOne('d1');
  const [job] = await takeJobs(db, 'w1', 1);
  if (job === undefined) throw new Error('no job');
  await finishJob(db, 'w1', { job });
  expect((await db.pool.query('SELECT 1 FROM job')).rowCount).toBe(0);
});

test('a job that waits is not due before its time, and waiting does not count as failing', async () => {
  await wakeOne('d1');
  const [job] = await takeJobs(db, 'w1', 1);
  if (job === undefined) throw new Error('no job');
  await finishJob(db, 'w1', { job, nextAt: new Date(Date.now() + 60_000) });
  expect(await takeJobs(db, 'w1', 1)).toEqual([]);
  expect((await db.prisma.job.findFirst())?.attempts).toBe(0);
});

test('a job of a killed worker is free again when its lease is over', async () => {
  await wakeOne('d1');
  await takeJobs(db, 'dead', 1);
  expect(await takeJobs(db, 'w2', 1)).toEqual([]);
  await db.pool.query(`UPDATE job SET locked_until = now() - interval '1 second'`);
  expect((await takeJobs(db, 'w2', 1)).map((job) => job.key)).toEqual(['d1']);
});

test('a worker that lost its job cannot end it for the one that has it now', async () => {
  await wakeOne('d1');
  const [job] = await takeJobs(db, 'w1', 1);
  if (job === undefined) throw new Error('no job');
  await db.pool.query(`UPDATE job SET locked_until = now() - interval '1 second'`);
  await takeJobs(db, 'w2', 1);
  await finishJob(db, 'w1', { job });
  expect((await db.prisma.job.findFirst())?.lockedBy).toBe('w2');
});

test('a job that fails 25 times is set aside where a person sees it, and a wake brings it back', async () => {
  await wakeOne('d1');
  for (let attempt = 1; attempt <= 25; attempt += 1) {
    await db.pool.query("UPDATE job SET run_at = now() - interval '1 second'");
    const [job] = await takeJobs(db, 'w1', 1);
    if (job === undefined) throw new Error(`no job at attempt ${attempt}`);
    await failJob(db, 'w1', { job, message: 'nobody knows this fault', random: 0, isTrouble: false });
  }
  expect((await db.prisma.job.findFirst())?.deadAt).not.toBeNull();
  expect(await takeJobs(db, 'w1', 1)).toEqual([]);
  await wakeOne('d1');
  expect(await takeJobs(db, 'w1', 1)).toHaveLength(1);
});

test('a job that waits for a cluster which does not answer is never given up', async () => {
  await wakeOne('d1');
  for (let attempt = 1; attempt <= 40; attempt += 1) {
    await db.pool.query("UPDATE job SET run_at = now() - interval '1 second'");
    const [job] = await takeJobs(db, 'w1', 1);
    if (job === undefined) throw new Error(`no job at attempt ${attempt}`);
    await failJob(db, 'w1', { job, message: 'the cluster does not answer', random: 0, isTrouble: true });
  }
  expect(await db.prisma.job.findFirst()).toMatchObject({ deadAt: null, attempts: 40 });
});

test("a loud tenant's jobs do not come before another tenant's first one", async () => {
  for (let index = 0; index < 20; index += 1) await wakeOne(`loud-${index}`, 'loud');
  await wakeOne('quiet', 'quiet', new Date(1));
  expect((await takeJobs(db, 'w1', 2)).map((job) => job.key)).toContain('quiet');
});

test('the first run that serves a wake belongs to the trace of whoever woke it, and those after it to none', async () => {
  await using collector = await openCollector();
  await using _tracing = openTracing('flow-test', { endpoint: collector.endpoint, share: 1 });
  const wakeIn = (name: string) => traced({ name, role: 'server', attributes: {} }, () => wakeOne('d1'));
  const take = async () => (await takeJobs(db, 'w1', 1))[0] ?? expect.fail('no job');
  await wakeIn('a click');
  const first = await take();
  expect(first.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await wakeIn('a second click, during the run');
  await finishJob(db, 'w1', { job: first, nextAt: new Date(0) });
  const second = await take();
  expect(second.traceparent).toMatch(/^00-/);
  expect(second.traceparent).not.toBe(first.traceparent);
  await finishJob(db, 'w1', { job: second, nextAt: new Date(0) });
  expect((await take()).traceparent).toBeNull();
});
