import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { runJobs } from './run-jobs.ts';
import type { JobHandler, JobMeasures } from './run-jobs.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
beforeEach(async () => {
  await world.db.prisma.job.deleteMany();
  world.logged.length = 0;
  outcomes = [];
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** How the runs ended, in their order. */
let outcomes: string[] = [];
const measures: JobMeasures = { jobBegins: () => (outcome) => outcomes.push(outcome) };

const start = (handler: JobHandler) =>
  runJobs({ db: world.db, holder: world.newId(), handlers: { run: handler }, log: world.log, random: () => 0.5, now: world.now, measures });
const wakeRun = () => inTransaction(world.db, (tx) => wake(tx, { kind: 'run', key: 'r1', tenantId: world.tenant.id, runAt: new Date(0) }));
const job = () => world.db.prisma.job.findFirst();

/** A handler that tells when it was called, and ends as given. */
function told(end: (signal: AbortSignal) => ReturnType<JobHandler>): { handler: JobHandler; called: Promise<void> } {
  const { promise: called, resolve } = Promise.withResolvers<void>();
  return {
    called,
    handler: (_job, signal) => {
      resolve();
      return end(signal);
    },
  };
}

test('a clean stop in the middle of work is no failure: nothing is logged as one, and another worker goes on at once', async () => {
  const { handler, called } = told(
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('This operation was aborted', 'AbortError')));
      }),
  );
  await wakeRun();
  const jobs = start(handler);
  await called;
  await jobs.stop();
  expect(world.logged.filter((line) => line.level >= 40)).toEqual([]);
  expect(await job()).toMatchObject({ lockedBy: null, attempts: 0, deadAt: null });
  expect(outcomes).toEqual(['stopped']);
  const second = told(() => Promise.resolve({ kind: 'done' }));
  const successor = start(second.handler);
  await second.called;
  await expect.poll(() => outcomes).toEqual(['stopped', 'done']);
  await successor.stop();
});

test('trouble with a cluster leaves the job due, however often it was tried', async () => {
  const { handler, called } = told(() =>
    Promise.reject(new FlowError({ code: 'upstream', owner: 'cluster', message: 'The cluster did not answer in time' })),
  );
  await wakeRun();
  await world.db.prisma.job.updateMany({ data: { attempts: 200 } });
  const jobs = start(handler);
  await called;
  await expect.poll(async () => (await job())?.lastError).toBe('The cluster did not answer in time');
  await jobs.stop();
  expect(await job()).toMatchObject({ deadAt: null, lockedBy: null });
  expect(outcomes).toEqual(['failed']);
});
