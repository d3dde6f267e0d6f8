import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabase } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { beginAction, intendAction, recordAction } from './action.ts';

const at = new Date('2026-03-01T10:00:00Z');
const tenantId = 'shop';
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  await db.prisma.tenant.create({ data: { id: tenantId, slug: tenantId, name: 'Shop', createdAt: at } });
});
beforeEach(async () => {
  await db.prisma.engineAction.deleteMany();
  await db.prisma.event.deleteMany();
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const intend = (id: string) =>
  intendAction(db, { tenantId, id, key: 'd-1/eu/promote', kind: 'rollout-promote', clusterId: 'c-1', target: {} });
const told = (outcome: string) => [
  { tenantId, topics: ['deployment:d-1'], type: 'deployment.changed' as const, data: { deploymentId: 'd-1', outcome } },
];
const outcomes = async () => (await db.prisma.event.findMany({ where: { tenantId } })).map((event) => event.data);

test('an intent that is written again is the same one, and knows that it is a repeat', async () => {
  const first = await intend('a-1');
  await beginAction(db, first);
  expect(await intend('a-2')).toMatchObject({ id: 'a-1', attempts: 3 });
});

test('how an action ended is told with its record, once, and stays as it was recorded first', async () => {
  const action = await intend('a-1');
  await recordAction(db, action, { state: 'done', result: {}, finishedAt: at, events: told('done') });
  await recordAction(db, action, { state: 'refused', result: { reason: 'too late' }, finishedAt: at, events: told('refused') });
  expect(await db.prisma.engineAction.findMany({ where: { tenantId } })).toMatchObject([{ state: 'done', result: {} }]);
  expect(await outcomes()).toEqual([{ deploymentId: 'd-1', outcome: 'done' }]);
});

test('what cannot be told is not recorded either', async () => {
  const action = await intend('a-1');
  const events = told('done').map((event) => ({ ...event, topics: ['no text: \u0000'] }));
  await expect(recordAction(db, action, { state: 'done', result: {}, finishedAt: at, events })).rejects.toThrow(
    /null character|\\u0000|0x00/,
  );
  expect(await db.prisma.engineAction.findMany({ where: { tenantId } })).toMatchObject([{ state: 'intended' }]);
});
