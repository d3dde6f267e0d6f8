import { randomUUID } from 'node:crypto';
import { takeJobs } from '@flow/db/jobs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { forgetOld, wakeRetention } from './forget-old.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const job = { kind: 'retention', key: 'all', tenantId: null, generation: 1, attempts: 1 } as const;
const daysAgo = (days: number): Date => new Date(world.now().getTime() - days * 86_400_000);
const run = (keepLogsDays = 180) => forgetOld({ ...world, keepLogsDays })(job, AbortSignal.timeout(60_000));

/** One of each, written so many days ago. */
async function writeAll(days: number): Promise<void> {
  const { tenant, db } = world;
  const [tenantId, at] = [tenant.id, daysAgo(days)];
  const userId = tenant.people.developer.id;
  await db.prisma.event.create({ data: { tenantId, topics: [`age:${days}`], type: 'run.changed', data: {}, createdAt: at } });
  await db.prisma.idempotencyKey.create({
    data: { tenantId, userId, key: `age-${days}`, inputHash: '', resultId: '', createdAt: at },
  });
  await db.prisma.session.create({ data: { id: randomUUID(), userId, expiresAt: at, userAgent: `age-${days}` } });
  await db.prisma.logChunk.create({
    data: { tenantId, runId: 'r', stepId: 's', ordinal: days, firstLine: 1, lineCount: 1, text: 'line\n', createdAt: at },
  });
}

/** The ages, in days, of what is left. */
async function left(): Promise<Record<string, number[]>> {
  const { tenant, db } = world;
  const where = { tenantId: tenant.id };
  const ages = (texts: readonly (string | null | undefined)[]): number[] =>
    texts.flatMap((text) => /^age[-:](\d+)$/.exec(text ?? '')?.[1] ?? []).map(Number);
  const ascending = (all: readonly number[]): number[] => all.toSorted((a, b) => a - b);
  return {
    events: ascending(ages((await db.prisma.event.findMany({ where })).flatMap(({ topics }) => topics))),
    answers: ascending(ages((await db.prisma.idempotencyKey.findMany({ where })).map(({ key }) => key))),
    sessions: ascending(ages((await db.prisma.session.findMany()).map(({ userAgent }) => userAgent))),
    logs: ascending((await db.prisma.logChunk.findMany({ where: { ...where, runId: 'r' } })).map(({ ordinal }) => ordinal)),
  };
}

test('what is older than it is kept goes, everything else stays, and the next look is an hour later', async () => {
  for (const days of [0, 2, 29, 31, 179, 181]) await writeAll(days);
  expect(await run()).toEqual({ kind: 'waiting', until: new Date(world.now().getTime() + 3_600_000) });
  expect(await left()).toEqual({ events: [0], answers: [0], sessions: [0, 2, 29], logs: [0, 2, 29, 31, 179] });
  await run(30);
  expect((await left())['logs']).toEqual([0, 2, 29]);
});

test('more than fits into one transaction goes in several', async () => {
  const { tenant, db } = world;
  await db.prisma.event.createMany({
    data: Array.from({ length: 12_001 }, () => ({
      tenantId: tenant.id,
      topics: ['old'],
      type: 'run.changed',
      data: {},
      createdAt: daysAgo(3),
    })),
  });
  await run();
  expect(await db.prisma.event.count({ where: { tenantId: tenant.id, topics: { has: 'old' } } })).toBe(0);
});

test('however many workers start, there is one job', async () => {
  await Promise.all([wakeRetention(world), wakeRetention(world)]);
  expect((await takeJobs(world.db, 'w1', 10)).filter(({ kind }) => kind === 'retention')).toHaveLength(1);
});
