import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { listLogChunks } from '@flow/db/run';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { captureLogs } from './capture.ts';
import { lineCharactersMax } from './split-lines.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Adds a step with a pod to a run, and answers the id of its log. */
async function addStep(log: RequestListener | null, finishedAt: string | null = null): Promise<string> {
  const id = world.newId();
  const { id: tenantId, movingRunId: runId, clusterId } = world.tenant;
  await world.db.prisma.pipelineRun.updateMany({ where: { tenantId, id: runId }, data: { clusterId } });
  const steps = [{ finishedAt, tries: [{ id, podName: `pod-${id}` }] }];
  await world.db.prisma.stageRun.updateMany({ where: { tenantId, runId, key: 'build' }, data: { steps } });
  if (log !== null) world.cluster.logs.set(`pod-${id}`, log);
  return id;
}

const capture = (stepId: string, signal = new AbortController().signal) => {
  const key = `${world.tenant.movingRunId}/${stepId}`;
  return captureLogs(world)({ kind: 'logs', key, tenantId: world.tenant.id, generation: 1, attempts: 1 }, signal);
};
const kept = async (stepId: string): Promise<string[]> => {
  const query = { runId: world.tenant.movingRunId, stepId, afterOrdinal: -1, limit: 1_000 };
  const chunks = await listLogChunks(world.db.prisma, world.tenant.id, query);
  return chunks.flatMap((chunk) => chunk.text.split('\n'));
};
const numbered = (count: number): string[] => Array.from({ length: count }, (_value, index) => `line ${index + 1}`);
const whole =
  (content: string | Buffer): RequestListener =>
  (_request, response) =>
    void response.end(content);

test('a log with a line of 5 MB is kept: that line cut with a note of what is missing, the others whole', async () => {
  const stepId = await addStep(whole(`before\n${'x'.repeat(5 * 1024 * 1024)}\nafter\n`));
  expect(await capture(stepId)).toEqual({ kind: 'done' });
  const [before, long, after, ...rest] = await kept(stepId);
  expect([before, after, rest]).toEqual(['before', 'after', []]);
  expect(long?.length).toBeLessThan(lineCharactersMax + 100);
  expect(long).toContain(`${5 * 1024 * 1024 - lineCharactersMax} more characters were not kept`);
});

test('a log of bytes that are no text is kept, and the text around them whole', async () => {
  const noise = Buffer.concat([Buffer.from([0, 0xff, 0xfe, 0x1b, 0xc3]), randomBytes(200_000)]);
  const stepId = await addStep(whole(Buffer.concat([Buffer.from('before\n'), noise, Buffer.from('\nafter ✓\n')])));
  expect(await capture(stepId)).toEqual({ kind: 'done' });
  const lines = await kept(stepId);
  expect([lines[0], lines.at(-1)]).toEqual(['before', 'after ✓']);
  expect(lines.join('')).toContain('\u2400');
});

test('a worker that ends in the middle leaves what it has, and the next one adds the rest: nothing twice, nothing missing', async () => {
  const lines = numbered(2_000);
  const { promise: isSent, resolve } = Promise.withResolvers<void>();
  const stepId = await addStep((_request, response) => {
    response.write(`${lines.slice(0, 1_200).join('\n')}\nline 12`);
    resolve();
  });
  const stopping = new AbortController();
  const first = capture(stepId, stopping.signal);
  await isSent;
  await expect.poll(async () => (await kept(stepId)).length).toBeGreaterThanOrEqual(1_000);
  stopping.abort();
  expect(await first).toMatchObject({ kind: 'retry' });
  world.cluster.logs.set(`pod-${stepId}`, whole(`${lines.join('\n')}\n`));
  expect(await capture(stepId)).toEqual({ kind: 'done' });
  expect(await kept(stepId)).toEqual(lines);
  expect(world.logged.filter((line) => line.level >= 50)).toEqual([]);
});

test('a connection that breaks in the middle is trouble with the cluster, and the log goes on where it was', async () => {
  const lines = numbered(700);
  const stepId = await addStep((_request, response) => {
    response.write(`${lines.slice(0, 600).join('\n')}\n`, () => response.destroy());
  });
  await expect(capture(stepId)).rejects.toMatchObject({ code: 'upstream', owner: 'cluster' });
  world.cluster.logs.set(`pod-${stepId}`, whole(`${lines.join('\n')}\n`));
  await capture(stepId);
  expect(await kept(stepId)).toEqual(lines);
});

test('a stream that ends before its container does is followed again', async () => {
  const stepId = await addStep(whole('one\n'));
  world.cluster.pods.set(`pod-${stepId}`, { status: { containerStatuses: [{ name: 'main', state: { running: {} } }] } });
  expect(await capture(stepId)).toMatchObject({ kind: 'waiting' });
  world.cluster.logs.set(`pod-${stepId}`, whole('one\ntwo\n'));
  world.cluster.pods.set(`pod-${stepId}`, { status: { containerStatuses: [{ name: 'main', state: { terminated: {} } }] } });
  expect(await capture(stepId)).toEqual({ kind: 'done' });
  expect(await kept(stepId)).toEqual(['one', 'two']);
});

test('a pod that is not there yet is waited for; of one that is gone the log says that it is not whole', async () => {
  expect(await capture(await addStep(null))).toMatchObject({ kind: 'waiting' });
  const gone = await addStep(null, '2026-03-01T10:00:00Z');
  expect(await capture(gone)).toEqual({ kind: 'done' });
  expect(await kept(gone)).toEqual(['… the pod is gone: Flow could not read its log to the end']);
});
