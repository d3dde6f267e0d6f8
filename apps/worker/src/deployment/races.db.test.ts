import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import { askForDeployment } from '@flow/operations/deployment';
import { askExemption, withdrawExemption } from '@flow/operations/exemption';
import { savePolicy } from '@flow/operations/policy';
import { actAs, aRule, testId } from '@flow/operations/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitReader } from '../git/read-commit.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { reconcileDeployments } from './reconcile.ts';
import type { DeploymentDependencies } from './reconcile.ts';

let world: WorkerWorld;
beforeEach(async () => {
  world = await createWorkerWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const noGit: GitReader = {
  readCommit: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  writeFolder: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  readOwners: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
};
const as = (role: 'admin' | 'developer') => actAs(world.db, world.tenant.id, world.tenant.people[role].actor);

/** Asks for a deployment to development, where nobody is asked. */
async function ask(over: object = {}): Promise<string> {
  const { serviceId, developmentId: environmentId, artifactId } = world.tenant;
  return (await askForDeployment(as('developer'), { serviceId, environmentId, artifactId, ...over })).deploymentId;
}
const reconcile = (deploymentId: string, over: Partial<DeploymentDependencies> = {}) =>
  reconcileDeployments({ ...world, git: noGit, holder: testId('holder'), ...over })(
    { kind: 'deployment', key: deploymentId, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    new AbortController().signal,
  );
const shown = (id: string) =>
  world.db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: world.tenant.id, id } },
    select: { state: true, reason: true, startedAt: true },
  });
const intents = (deploymentId: string) => world.db.prisma.engineAction.count({ where: { deploymentId, kind: 'helm-upgrade' } });
/** Prepared and held by nothing any more; the clusters do not answer, so that what starts stays where it is. */
const ready = async (over: object = {}): Promise<string> => {
  const hold = await savePolicy(as('admin'), { kind: 'rule', document: aRule([], { title: 'Not yet', effect: { kind: 'hold' } }) });
  const id = await ask(over);
  await reconcile(id);
  expect((await shown(id)).state).toBe('held');
  await savePolicy(as('admin'), { ...off, policyId: hold.policyId });
  return id;
};
const off = { kind: 'rule', seenRevision: 1, document: aRule([], { enforcement: 'off' }) } as const;
const blocked = { kind: 'rule', document: aRule([], { title: 'Stop', effect: { kind: 'hold' } }) } as const;

/** The database, with something that happens before its next transaction. */
function before(db: Database, happens: () => Promise<unknown>): Database {
  let isOver = false;
  const prisma = new Proxy(db.prisma, {
    get(client, name) {
      const value: unknown = Reflect.get(client, name);
      if (name !== '$transaction' || typeof value !== 'function') return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (!isOver) {
          isOver = true;
          await happens();
        }
        return Reflect.apply(value, client, given);
      };
    },
  });
  return { ...db, prisma };
}

describe('a rule that changes while a deployment starts', () => {
  test('comes before the start when it is saved before the start is written: nothing begins on the verdict of a moment ago', async () => {
    const id = await ready();
    await reconcile(id, { db: before(world.db, () => savePolicy(as('admin'), blocked)) });
    expect(await shown(id)).toMatchObject({ state: 'held', startedAt: null, reason: expect.stringContaining('Stop') });
    expect(await intents(id)).toBe(0);
  });

  test('waits for a start that is being written, and comes after it', async () => {
    const id = await ready();
    world.cluster.misbehaviour = { status: 500 };
    let isSaved = false;
    let saving: Promise<unknown> = Promise.resolve();
    const timeIn = async (): Promise<Date> => {
      saving = savePolicy(as('admin'), blocked).then(() => (isSaved = true));
      const waiting = () => world.db.pool.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
      await expect.poll(async () => (await waiting()).rowCount).toBe(1);
      expect(isSaved).toBe(false);
      return world.time.now;
    };
    await reconcile(id, { timeIn });
    await saving;
    expect(await shown(id)).toMatchObject({ state: 'deploying', startedAt: world.time.now });
    expect(isSaved).toBe(true);
  });

  test('and many starts at once: each start is before or after the rule, as the log of events tells', async () => {
    const ids = await Promise.all([ready(), ready({ environmentId: world.tenant.quietId })]);
    world.cluster.misbehaviour = { status: 500 };
    await Promise.all([savePolicy(as('admin'), blocked), ...ids.map((id) => reconcile(id))]);
    const events = await world.db.prisma.event.findMany({ where: { tenantId: world.tenant.id }, orderBy: { position: 'asc' } });
    const rule = events.findLastIndex((event) => event.type === 'policy.changed');
    for (const id of ids) {
      const start = events.findIndex(
        (event) => JSON.stringify(event.data).includes(id) && JSON.stringify(event.data).includes('"deploying"'),
      );
      expect((await shown(id)).state).toBe(start < 0 ? 'held' : 'deploying');
      expect(start).toBeLessThan(rule);
    }
  });
});

describe('a freeze that begins', () => {
  const freeze = (inFlight: string) => ({
    kind: 'freeze' as const,
    document: {
      title: 'Inventory',
      scope: {},
      appliesTo: {},
      enforcement: 'enforce',
      inFlight,
      window: { zone: 'UTC', start: '2026-03-01T12:00', end: '2026-03-01T14:00', recurrence: null },
    },
  });
  const [early, noon, end] = ['11:59:59', '12:00:00', '14:00:00'].map((at) => new Date(`2026-03-01T${at}Z`));

  test('between the verdict and the start holds the start, whatever the clock of the worker says', async () => {
    const id = await ready();
    await savePolicy(as('admin'), freeze('finish'));
    await reconcile(id, { now: () => early ?? world.time.now, timeIn: () => Promise.resolve(noon ?? world.time.now) });
    // By its own clock it would start for ever: the database says no each time.
    expect(await shown(id)).toMatchObject({ state: 'held', startedAt: null });
    world.time.now = noon ?? world.time.now;
    expect(await reconcile(id)).toMatchObject({ kind: 'waiting' });
    expect(await shown(id)).toMatchObject({ state: 'held', reason: 'Frozen by "Inventory"' });
  });

  test('between the start and Helm keeps Helm back, and lets it go on when it is over', async () => {
    const id = await ready();
    await savePolicy(as('admin'), freeze('hold'));
    world.time.now = early ?? world.time.now;
    const times = [early, noon];
    const timeIn = () => {
      const at = times.shift() ?? noon ?? world.time.now;
      world.time.now = at;
      return Promise.resolve(at);
    };
    expect(await reconcile(id, { timeIn })).toMatchObject({ kind: 'waiting' });
    expect(await shown(id)).toMatchObject({ state: 'deploying', reason: 'Frozen by "Inventory"', startedAt: early });
    expect(await intents(id)).toBe(0);
    world.time.now = end ?? world.time.now;
    await reconcile(id);
    expect(await intents(id)).toBe(1);
  });
});

describe('two deployments that may not both go', () => {
  test.each([1, 2, 3, 4, 5, 6])('start one after the other, however close they come (%i)', async () => {
    const ids = [await ready(), await ready({ environmentId: world.tenant.quietId })];
    // What moves already in the tenant of the tests counts too.
    const condition = { kind: 'expression', source: 'inFlight.tenant >= 2' };
    await savePolicy(as('admin'), { kind: 'rule', document: aRule([], { title: 'One more', effect: { kind: 'hold' }, condition }) });
    world.cluster.misbehaviour = { status: 500 };
    await Promise.all(ids.map((id) => reconcile(id)));
    const states = await Promise.all(ids.map(async (id) => (await shown(id)).state));
    expect(states.toSorted()).toEqual(['deploying', 'held']);
  });
});

describe('an exemption', () => {
  /** Held by a rule that stands in both places. */
  const held = async () => {
    const ids = [await ready(), await ready({ environmentId: world.tenant.quietId })] as const;
    const { policyId } = await savePolicy(as('admin'), blocked);
    for (const id of ids) await reconcile(id);
    world.cluster.misbehaviour = { status: 500 };
    return { ids, policyId };
  };
  const breakGlass = (policyId: string, deploymentId: string) =>
    askExemption(as('admin'), {
      policyId,
      scope: { kind: 'deployment', deploymentId },
      kind: 'breakGlass',
      use: 'once',
      reason: 'The fix of the outage',
      lastsMinutes: 60,
    });
  beforeEach(async () => {
    // The review that every test tenant has would ask for one more approval.
    await world.db.prisma.exemption.deleteMany({ where: { tenantId: world.tenant.id } });
  });

  test('lets the deployment start that it names and no other, and the start is written down as its use', async () => {
    const { ids, policyId } = await held();
    const { exemptionId } = await breakGlass(policyId, ids[0]);
    await Promise.all(ids.map((id) => reconcile(id)));
    expect(await Promise.all(ids.map(async (id) => (await shown(id)).state))).toEqual(['deploying', 'held']);
    const where = { tenantId_id: { tenantId: world.tenant.id, id: exemptionId } };
    expect(await world.db.prisma.exemption.findUniqueOrThrow({ where })).toMatchObject({ usedBy: ids[0], usedAt: world.time.now });
    const uses = await world.db.prisma.auditEntry.findMany({ where: { tenantId: world.tenant.id, action: 'exemption.use' } });
    expect(uses.map(({ subject }) => subject)).toEqual([`deployment:${ids[0]}`]);
  });

  test('that is taken back before the start is written lets nothing begin, and is not used', async () => {
    const { ids, policyId } = await held();
    const { exemptionId } = await breakGlass(policyId, ids[0]);
    await reconcile(ids[0], { db: before(world.db, () => withdrawExemption(as('admin'), { exemptionId })) });
    expect(await shown(ids[0])).toMatchObject({ state: 'held', startedAt: null });
    expect(await world.db.prisma.exemptionUse.count({ where: { tenantId: world.tenant.id } })).toBe(0);
  });
});
