import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { answerExemption, askExemption, withdrawExemption } from '@flow/operations/exemption';
import { savePolicy } from '@flow/operations/policy';
import { actAs, aRule, createTestTenant, endOf, testId, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CrashGate } from '../crash/gate.ts';
import { openGatedDatabase } from '../crash/gated-database.ts';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tryToStart } from '../starts.ts';
import { tell } from '../told.ts';

const clientCount = 6;
const { exemptionRaces, blockedBeside, seed } = faultSettings();
let database: TestDatabase;
let db: Database;
let clients: Database[];
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
  clients = Array.from({ length: clientCount }, () => createDatabase(database.url, 2));
});
afterAll(async () => {
  for (const client of [db, ...clients]) await client.close();
  await database[Symbol.asyncDispose]();
});

/** How the exemption is given, and what else happens at that instant. */
const stories = [
  'for one deployment',
  'for one of many',
  'too late',
  'taken back meanwhile',
  'for another version',
  'dies in between',
] as const;
type Story = (typeof stories)[number];

interface Round {
  tenant: TestTenant;
  story: Story;
  exemptionId: string;
  /** The one that is named, and the others that want the same in the same place. */
  namedId: string;
  all: readonly string[];
}

/** A place that a rule has closed, with many deployments that wait before it. */
async function prepareRound(story: Story): Promise<Round> {
  const tenant = await createTestTenant(db);
  const { id: tenantId, people, waitingId: namedId } = tenant;
  await db.prisma.deployment.updateMany({ where: { tenantId, id: tenant.movingId }, data: { state: 'failed', activePlace: null } });
  await db.prisma.exemption.deleteMany({ where: { tenantId } });
  await db.prisma.approvalRequest.deleteMany({ where: { tenantId } });
  await db.prisma.environment.updateMany({ where: { tenantId }, data: { requiredApprovals: 0 } });
  const document = aRule([], { title: 'Closed', effect: { kind: 'hold' }, message: 'Closed' });
  const { policyId } = await savePolicy(actAs(db, tenantId, people.admin.actor), { kind: 'rule', document });
  const others = await addCopies(tenant);
  return { tenant, story, namedId, all: [namedId, ...others], exemptionId: await give(tenant, { story, policyId }) };
}

/** Copies of the deployment that waits, with other contents; every other one to another place, where nothing but the rule holds it. */
async function addCopies({ id: tenantId, waitingId, quietId }: TestTenant): Promise<string[]> {
  const ids = Array.from({ length: blockedBeside }, () => testId('other'));
  const [here, elsewhere] = [ids.filter((_, index) => index % 2 === 0), ids.filter((_, index) => index % 2 === 1)];
  await db.pool.query(
    `INSERT INTO deployment SELECT (jsonb_populate_record(old, jsonb_build_object('id', copy.id, 'snapshot_hash', 'hash-' || copy.id) || CASE WHEN copy.id = ANY($4) THEN jsonb_build_object('environment_id', $5::text) ELSE '{}' END)).*
     FROM deployment old, unnest($3::text[]) AS copy (id) WHERE old.tenant_id = $1 AND old.id = $2`,
    [tenantId, waitingId, [...here, ...elsewhere], elsewhere, quietId],
  );
  await db.pool.query(
    `INSERT INTO target_deployment SELECT (jsonb_populate_record(old, jsonb_build_object('id', copy.id || '-target', 'deployment_id', copy.id))).*
     FROM target_deployment old, unnest($3::text[]) AS copy (id) WHERE old.tenant_id = $1 AND old.deployment_id = $2`,
    [tenantId, waitingId, ids],
  );
  return ids;
}

/** Gives the exemption, as the story goes. */
async function give(tenant: TestTenant, { story, policyId }: { story: Story; policyId: string }): Promise<string> {
  const { people, serviceId, productionId: environmentId, artifactId, olderArtifactId, waitingId: deploymentId } = tenant;
  const place = (version: string) => ({ kind: 'place' as const, serviceId, environmentId, artifactId: version });
  const scopes = {
    'for one deployment': { kind: 'deployment' as const, deploymentId },
    'for one of many': place(artifactId),
    'too late': place(artifactId),
    'taken back meanwhile': { kind: 'deployment' as const, deploymentId },
    'for another version': place(olderArtifactId),
    'dies in between': { kind: 'deployment' as const, deploymentId },
  };
  const kind = story === 'for one of many' ? 'breakGlass' : 'planned';
  // It lasts ten minutes: one that is asked for twenty minutes ago has ended.
  const now = new Date(worldNow.getTime() - (story === 'too late' ? 20 * 60_000 : 0));
  const asker = kind === 'breakGlass' ? people.releaseManager : people.developer;
  const wish = { policyId, scope: scopes[story], kind, use: 'once', reason: 'The fix', lastsMinutes: 10 } as const;
  const { exemptionId } = await askExemption(actAs(db, tenant.id, { actor: asker.actor, now }), wish);
  if (kind === 'planned') await answerExemption(actAs(db, tenant.id, { actor: people.admin.actor, now }), { exemptionId, answer: 'grant' });
  return exemptionId;
}

/** All of them at once, spread over the clients in an order that nobody chose. */
async function startAll({ tenant, all }: Round, random: () => number): Promise<void> {
  const waiting = all.toSorted(() => random() - 0.5);
  await Promise.all(
    clients.map(async (client) => {
      for (let deploymentId = waiting.pop(); deploymentId !== undefined; deploymentId = waiting.pop())
        await tryToStart(client, { tenantId: tenant.id, deploymentId });
    }),
  );
}

/** The worker that starts the named one dies somewhere on its way. */
async function startAndDie({ tenant, namedId }: Round, random: () => number): Promise<void> {
  const gate = new CrashGate(1 + Math.floor(random() * 8));
  const dying = openGatedDatabase(database.url, gate);
  await tryToStart(dying.db, { tenantId: tenant.id, deploymentId: namedId }).catch(() => undefined);
  await dying.cut();
}

/** What is wrong after everybody has tried; `mayBegin` tells how many could. */
async function faultsOf({ tenant, exemptionId, story, namedId }: Round, begun: readonly string[]): Promise<string[]> {
  const { id: tenantId } = tenant;
  const uses = await db.prisma.exemptionUse.findMany({ where: { tenantId, exemptionId }, select: { deploymentId: true } });
  const row = await db.prisma.exemption.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: exemptionId } } });
  const told = await db.prisma.auditEntry.count({ where: { tenantId, action: 'exemption.use' } });
  const wanted = { 'too late': [0], 'for another version': [0], 'taken back meanwhile': row.withdrawnAt === null ? [1] : [0] }[
    story as string
  ] ?? [1];
  return [
    ...(wanted.includes(begun.length) ? [] : [`${story}: ${begun.length} have begun`]),
    ...(story === 'for one of many' || begun.every((id) => id === namedId) ? [] : [`${story}: one that was not named has begun`]),
    ...(uses.length === begun.length && told === uses.length ? [] : [`${story}: ${uses.length} uses, ${told} of them told`]),
    ...((row.usedBy === null) === (begun.length === 0) ? [] : [`${story}: used by ${String(row.usedBy)}`]),
    ...(row.kind !== 'breakGlass' || row.reviewDueAt !== null ? [] : [`${story}: there is no review`]),
  ];
}

const begunIn = async (tenantId: string): Promise<string[]> => {
  const rows = await db.prisma.deployment.findMany({ where: { tenantId, startedAt: worldNow }, select: { id: true } });
  return rows.map(({ id }) => id);
};

test('of all deployments at the same instant only the one that is let past begins, once', { timeout: 3_600_000 }, async () => {
  const random = seededNumbers(seed);
  const counts = { rounds: 0, tried: 0, begun: 0, takenBack: 0, deaths: 0 };
  const violations: string[] = [];
  for (let turn = 0; turn < exemptionRaces; turn += 1) {
    const story = stories[turn % stories.length] ?? 'for one deployment';
    const round = await prepareRound(story);
    const { tenant, exemptionId } = round;
    if (story === 'dies in between') await startAndDie(round, random);
    const withdraw = () => withdrawExemption(actAs(db, tenant.id, tenant.people.admin.actor), { exemptionId });
    const [takenBack] = await Promise.all([story === 'taken back meanwhile' ? endOf(withdraw()) : 'not tried', startAll(round, random)]);
    const begun = await begunIn(tenant.id);
    violations.push(...(await faultsOf(round, begun)));
    // The place is free again: what was used opens for nobody else, and nothing begins a second time.
    await db.prisma.deployment.updateMany({
      where: { tenantId: tenant.id, id: { in: begun } },
      data: { state: 'succeeded', activePlace: null },
    });
    await startAll(round, random);
    const again = await begunIn(tenant.id);
    if (again.length > begun.length) violations.push(`${story}: it was used again`);
    counts.rounds += 1;
    counts.tried += 2 * round.all.length;
    counts.begun += begun.length;
    counts.takenBack += takenBack === 'done' ? 1 : 0;
    counts.deaths += story === 'dies in between' ? 1 : 0;
  }
  tell({ goal: 'G18', counts, violations, seed });
  expect(violations).toEqual([]);
  expect(counts.begun).toBeGreaterThan(0);
});
