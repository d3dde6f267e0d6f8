import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { vote } from '@flow/operations/approval';
import { reportEvidence } from '@flow/operations/evidence';
import { askExemption } from '@flow/operations/exemption';
import { saveGroup } from '@flow/operations/group';
import { closeIncident, openIncident } from '@flow/operations/incident';
import { savePolicy } from '@flow/operations/policy';
import { actAs, aRule, createTestTenant, testId } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { createToken } from '@flow/operations/token';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tell } from '../told.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

/** Something that people change, with the number of its traces and the action by which the record tells it. */
interface Change {
  action: string;
  act: (on: Database, tenant: TestTenant) => Promise<unknown>;
  count: (tenantId: string) => Promise<number>;
}

const as = (on: Database, tenant: TestTenant, person: keyof TestTenant['people']) => actAs(on, tenant.id, tenant.people[person].actor);
const changes: readonly Change[] = [
  {
    action: 'incident.open',
    act: (on, tenant) => openIncident(as(on, tenant, 'developer'), { serviceId: tenant.serviceId, title: 'Slow', severity: 'minor' }),
    count: (tenantId) => db.prisma.incident.count({ where: { tenantId } }),
  },
  {
    action: 'incident.close',
    act: (on, tenant) => closeIncident(as(on, tenant, 'developer'), { incidentId: tenant.incidentId }),
    count: (tenantId) => db.prisma.incident.count({ where: { tenantId, closedAt: { not: null } } }),
  },
  {
    action: 'policy.create',
    act: (on, tenant) => savePolicy(as(on, tenant, 'admin'), { kind: 'rule', document: aRule([]) }),
    count: (tenantId) => db.prisma.policy.count({ where: { tenantId } }),
  },
  {
    action: 'exemption.ask',
    act: (on, { policyId, waitingId: deploymentId, ...tenant }) =>
      askExemption(actAs(on, tenant.id, tenant.people.developer.actor), {
        policyId,
        scope: { kind: 'deployment', deploymentId },
        kind: 'planned',
        use: 'once',
        reason: 'The fix of the outage',
        lastsMinutes: 60,
      }),
    count: (tenantId) => db.prisma.exemption.count({ where: { tenantId } }),
  },
  {
    action: 'approval.vote',
    act: (on, tenant) =>
      vote(as(on, tenant, 'admin'), { approvalId: tenant.approvalId, answer: 'approve', shownHash: `hash-${tenant.waitingId}` }),
    count: (tenantId) => db.prisma.approvalVote.count({ where: { tenantId } }),
  },
  {
    action: 'evidence.report',
    act: (on, { artifactId, ...tenant }) =>
      reportEvidence(actAs(on, tenant.id, tenant.people.developer.actor), {
        subject: { kind: 'artifact', artifactId },
        report: { kind: 'tests', passed: 1, failed: 0 },
        source: 'vitest',
      }),
    count: (tenantId) => db.prisma.evidence.count({ where: { tenantId } }),
  },
  {
    action: 'group.create',
    act: (on, tenant) => saveGroup(as(on, tenant, 'admin'), { name: testId('group') }),
    count: (tenantId) => db.prisma.userGroup.count({ where: { tenantId } }),
  },
  {
    action: 'token.create',
    act: (on, tenant) => createToken(as(on, tenant, 'developer'), { name: 'CI', scopes: ['read'] }),
    count: (tenantId) => db.prisma.apiToken.count({ where: { tenantId } }),
  },
];

const client = z.custom<{ query: (...given: unknown[]) => unknown; connection: { stream: { destroy: () => void } } }>(
  (value) => typeof value === 'object' && value !== null && 'query' in value && 'connection' in value,
);

const dyingName = 'dying';
const dyingUrl = (): string => {
  const url = new URL(database.url);
  url.searchParams.set('application_name', dyingName);
  return url.href;
};

/** A database whose connections are cut at the given statement, counted from 1, after it is sent: whether Postgres still does it nobody knows. */
function dyingDatabase(dieAt: number): { on: Database; sent: () => number } {
  const on = createDatabase(dyingUrl(), 1);
  let sent = 0;
  on.pool.on('connect', (opened) => {
    const { query, connection } = client.parse(opened);
    Object.assign(opened, {
      query: (...given: unknown[]) => {
        const answer = query.apply(opened, given);
        sent += 1;
        if (sent === dieAt) setImmediate(() => connection.stream.destroy());
        return answer;
      },
    });
  });
  on.pool.on('error', () => undefined);
  return { on, sent: () => sent };
}

test(
  'whenever the connection dies, there is one entry for each change and none for what did not happen',
  { timeout: 1_800_000 },
  async () => {
    const { auditCrashes, seed } = faultSettings();
    const random = seededNumbers(seed);
    const counts = { crashes: 0, done: 0, undone: 0, doneUnanswered: 0 };
    const violations: string[] = [];
    const lengths = new Map<string, number>();
    for (let round = 0; round < auditCrashes; round += 1) {
      const change = changes[round % changes.length];
      if (change === undefined) break;
      const tenant = await createTestTenant(db);
      const { action, act, count } = change;
      const before = await count(tenant.id);
      // The first time nothing is cut: so many statements there are.
      const length = lengths.get(action);
      const { on, sent } = dyingDatabase(length === undefined ? Infinity : 1 + Math.floor(random() * length));
      const isAnswered = await act(on, tenant).then(
        () => true,
        () => false,
      );
      await on.close().catch(() => undefined);
      if (length === undefined) {
        expect(isAnswered).toBe(true);
        lengths.set(action, sent());
      } else counts.crashes += 1;
      // What was cut off after its commit was sent is done or not when Postgres has let go of the connection.
      await expect.poll(() => db.prisma.$queryRaw`SELECT pid FROM pg_stat_activity WHERE application_name = ${dyingName}`).toEqual([]);
      const [changed, told] = [
        (await count(tenant.id)) - before,
        await db.prisma.auditEntry.count({ where: { tenantId: tenant.id, action } }),
      ];
      counts[changed === 0 ? 'undone' : 'done'] += 1;
      if (changed === 1 && !isAnswered) counts.doneUnanswered += 1;
      if (changed !== told || changed > 1) violations.push(`${action}: ${changed} done, ${told} told`);
      if (isAnswered && changed !== 1) violations.push(`${action}: answered, but not done`);
    }
    tell({ goal: 'G16', counts, violations, seed });
    expect(violations).toEqual([]);
    expect(counts.undone).toBeGreaterThan(0);
  },
);
