import { addTallies } from '@flow/core/backtest';
import type { BacktestTally, PastOutcome } from '@flow/core/backtest';
import type { RuleFacts } from '@flow/core/rule';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { saveKeptVerdict } from '@flow/db/verdict';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { actAs, aRule, createTestTenant, endOf, someFacts, testId, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { backtestDraft } from './index.ts';

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

const as = (of = tenant) => actAs(db, tenant.id, of.people.viewer.actor);
const blockTier = (tier: string, over = {}) =>
  aRule([], { effect: { kind: 'block' }, condition: { kind: 'expression', source: `service.tier == "${tier}"` }, ...over });

/** A start that was recorded so many minutes ago. */
async function record(
  of: TestTenant,
  minutes: number,
  { outcome = 'succeeded', facts = someFacts(of) }: { outcome?: PastOutcome; facts?: RuleFacts } = {},
) {
  const id = testId('kept');
  const at = new Date(worldNow.getTime() - minutes * 60_000);
  const subject = {
    deploymentId: of.succeededId,
    serviceId: facts.service.id,
    environmentId: facts.environment.id,
    artifactId: of.artifactId,
    digest: 'sha256:a',
  };
  await saveKeptVerdict(db.prisma, of.id, { ...subject, id, moment: 'started', result: 'allowed', at, facts, said: [] });
  await db.prisma.keptVerdict.update({ where: { tenantId_id: { tenantId: of.id, id } }, data: { outcome } });
}
async function whole(document: ReturnType<typeof aRule>): Promise<{ tally: BacktestTally; parts: number; total: number | null }> {
  let [cursor, tally, parts, total]: [string | undefined, BacktestTally | null, number, number | null] = [undefined, null, 0, null];
  do {
    const part = await backtestDraft(as(), { document, ...(cursor === undefined ? {} : { cursor }) });
    tally = tally === null ? part.tally : addTallies(tally, part.tally);
    [cursor, parts, total] = [part.nextCursor ?? undefined, parts + 1, part.total ?? total];
  } while (cursor !== undefined);
  return { tally, parts, total };
}

test('a rule is asked about every start of the tenant and of no other, newest first, with what became of each', async () => {
  const { tier } = someFacts(tenant).service;
  await record(tenant, 10, { outcome: 'rolledBack' });
  await record(tenant, 20);
  await record(tenant, 30, { outcome: 'incident', facts: someFacts(tenant, { tier: '3' }) });
  await record(other, 15, { outcome: 'failed' });
  const { tally, total } = await whole(blockTier(tier));
  expect(total).toBe(3);
  expect(tally).toMatchObject({ lookedAt: 3, inScope: 3, stopped: 2, stoppedBad: 1, bad: 2 });
  expect(tally.caught).toMatchObject([{ deploymentId: tenant.succeededId, outcome: 'rolledBack', sentence: 'Look twice' }]);
  expect(tally.missed).toHaveLength(1);
});

test('the parts of a long past are the whole of it, each start once, and the first comes before the rest is read', async () => {
  const facts = someFacts(tenant);
  const rows = Array.from({ length: 5_500 }, (_, index) => index);
  const [one] = [await record(tenant, 0).then(() => db.prisma.keptVerdict.findFirstOrThrow({ where: { tenantId: tenant.id } }))];
  const { said: _said, ...copied } = one;
  await db.prisma.keptVerdict.createMany({
    // Many in the same instant: the place is in the order of the ids there.
    data: rows.map((index) => ({
      ...copied,
      said: [],
      id: `k${String(index).padStart(6, '0')}`,
      at: new Date(worldNow.getTime() - Math.floor(index / 700) * 60_000),
    })),
  });
  const { tally, parts, total } = await whole(blockTier(facts.service.tier));
  expect({ total, lookedAt: tally.lookedAt, stopped: tally.stopped }).toEqual({ total: 5_501, lookedAt: 5_501, stopped: 5_501 });
  expect(parts).toBe(2);
});

test('a rule that looks at other deployments sees those of that time', async () => {
  const moving = {
    id: 'd9',
    serviceId: 's9',
    serviceName: 'Cart',
    relation: 'dependency' as const,
    tenantId: tenant.id,
    environmentId: 'e',
    environmentKind: 'production',
  };
  const others = [
    { ...moving, regions: ['eu-west'], clusters: ['c'], state: 'inFlight' as const, digest: 'd', weight: 5, since: worldNow },
  ];
  await record(tenant, 5, { facts: { ...someFacts(tenant), others } });
  await record(tenant, 6);
  const condition = { kind: 'expression', source: 'others.exists(o, o.serviceName == "Cart" && o.ageMinutes < 0)' };
  expect((await whole(aRule([], { condition }))).tally).toMatchObject({ lookedAt: 2, stopped: 1 });
});

test('a rule of one service reads the past of that service only', async () => {
  await record(tenant, 5);
  await record(tenant, 6, { facts: someFacts(tenant, { id: 'another' }) });
  const { tally, total } = await whole({ ...blockTier(someFacts(tenant).service.tier), scope: { serviceIds: [tenant.serviceId] } });
  expect([tally.lookedAt, total]).toEqual([1, 1]);
});

test('a draft with a fault is refused at its field, and strangers and broken places get nothing', async () => {
  const broken = blockTier('1', { condition: { kind: 'expression', source: 'service.teir == "1"' } });
  await expect(backtestDraft(as(), { document: broken })).rejects.toMatchObject({
    fields: [{ path: 'document.condition', message: expect.stringContaining('line 1, column 9') }],
  });
  expect(await endOf(backtestDraft(as(other), { document: blockTier('1') }))).toBe('forbidden');
  expect(await endOf(backtestDraft(as(), { document: blockTier('1'), cursor: 'nowhere' }))).toBe('invalid');
});
