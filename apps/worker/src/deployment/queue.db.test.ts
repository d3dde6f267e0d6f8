import { FlowError } from '@flow/core/fault';
import { askForDeployment } from '@flow/operations/deployment';
import { closeIncident, openIncident } from '@flow/operations/incident';
import { savePolicy } from '@flow/operations/policy';
import { chooseStart, listQueue } from '@flow/operations/queue';
import { actAs, aRule, testId } from '@flow/operations/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitReader } from '../git/read-commit.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { reconcileDeployments } from './reconcile.ts';

let world: WorkerWorld;
beforeEach(async () => {
  world = await createWorkerWorld();
  // Nothing else moves in the tenant of these tests.
  await world.db.prisma.deployment.deleteMany({});
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const noGit: GitReader = {
  readCommit: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  writeFolder: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  readOwners: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
};
const as = (role: 'admin' | 'developer') =>
  actAs(world.db, world.tenant.id, { actor: world.tenant.people[role].actor, now: world.time.now });
const later = (minutes: number): void => {
  world.time.now = new Date(world.time.now.getTime() + minutes * 60_000);
};

/** A service with an artifact, in the tenant of the tests. */
async function addService(slug: string, dependsOn: string[] = []): Promise<{ serviceId: string; artifactId: string }> {
  const { id: tenantId } = world.tenant;
  const [serviceId, artifactId] = [`${slug}-${testId('service')}`, testId('artifact')];
  const repositoryUrl = `https://git.test/${slug}.git`;
  await world.db.prisma.service.create({ data: { tenantId, id: serviceId, slug, name: slug, repositoryUrl, dependsOn } });
  const fixed = { version: '1.0', repository: `registry.test/${slug}`, chartVersion: '1.0.0', commitSha: 'c'.repeat(40) };
  const digest = `sha256:${slug.codePointAt(0)?.toString(16).padStart(64, '0')}`;
  await world.db.prisma.artifact.create({ data: { tenantId, id: artifactId, serviceId, digest, ...fixed } });
  return { serviceId, artifactId };
}
async function ask(what: { serviceId: string; artifactId: string }, over: object = {}): Promise<string> {
  later(1);
  world.cluster.misbehaviour = null;
  const asked = { ...what, environmentId: world.tenant.developmentId, ...over };
  const { deploymentId } = await askForDeployment(as('developer'), asked);
  await reconcile(deploymentId);
  return deploymentId;
}
/** From its start on nothing answers in the clusters: what has started stays where it is, and what goes back has touched nothing. */
const timeIn = (): Promise<Date> => {
  world.cluster.misbehaviour = { status: 500 };
  return Promise.resolve(world.time.now);
};
const reconcile = (deploymentId: string) =>
  reconcileDeployments({ ...world, git: noGit, holder: testId('holder'), timeIn })(
    { kind: 'deployment', key: deploymentId, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    new AbortController().signal,
  );
const shown = (id: string) =>
  world.db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: world.tenant.id, id } },
    select: { state: true, reason: true },
  });
const stateOf = async (id: string) => (await shown(id)).state;
/** Ends one that moves. */
async function end(id: string): Promise<void> {
  later(1);
  await world.db.prisma.job.deleteMany({});
  await world.db.prisma.deployment.update({
    where: { tenantId_id: { tenantId: world.tenant.id, id } },
    data: { requestedAction: 'rollback' },
  });
  await reconcile(id);
  expect(await stateOf(id)).toBe('rolledBack');
}
/** Those who are woken, and nobody else, are looked at; until nobody is. */
async function lookAtWoken(): Promise<string[]> {
  const looked: string[] = [];
  for (;;) {
    const job = await world.db.prisma.job.findFirst({ where: { kind: 'deployment', key: { notIn: looked } }, orderBy: { key: 'asc' } });
    if (job === null) return looked;
    looked.push(job.key);
    await reconcile(job.key);
  }
}
const saveRule = (over: Parameters<typeof aRule>[1], serviceIds: string[] = []) =>
  savePolicy(as('admin'), { kind: 'rule', document: aRule(serviceIds, { effect: { kind: 'hold' }, ...over }) });
const oneAtOnce = () =>
  saveRule({
    title: 'One at once',
    condition: { kind: 'builtIn', use: { key: 'too-many-at-once', settings: { inTenant: 1, inRegion: 100, inCluster: 100 } } },
  });

describe('a limit on what moves at once', () => {
  test('lets those who wait go one after the other: each service in turn, and of one service the first that asked', async () => {
    await oneAtOnce();
    const [cart, search] = [await addService('cart'), await addService('search')];
    const first = await ask(cart);
    const waiting = [
      await ask(cart, { environmentId: world.tenant.quietId }),
      await ask(search),
      await ask(search, { environmentId: world.tenant.quietId }),
    ];
    expect(await stateOf(first)).toBe('deploying');
    const order: string[] = [];
    let moving = first;
    for (let turn = 0; turn < 3; turn += 1) {
      await end(moving);
      await lookAtWoken();
      const started = await Promise.all(waiting.map(async (id) => ({ id, state: await stateOf(id) })));
      const now = started.filter(({ state }) => state === 'deploying');
      expect(now).toHaveLength(1);
      moving = now[0]?.id ?? '';
      order.push(moving);
    }
    // Cart went first of all, so search has the next turn, then cart, then search again.
    expect(order).toEqual([waiting[1], waiting[0], waiting[2]]);
  });

  test('shows each its place, with the reason, since when, and whether it starts by itself', async () => {
    await oneAtOnce();
    const [cart, search] = [await addService('cart'), await addService('search')];
    await ask(cart);
    const waiting = [await ask(cart, { environmentId: world.tenant.quietId, startsItself: false }), await ask(search)];
    const { items } = await listQueue(as('developer'), {});
    expect(items.map(({ id }) => id)).toEqual(waiting);
    // Whoever does not start by itself stands in nobody's way.
    expect(items[0]).toMatchObject({
      state: 'held',
      startsItself: false,
      places: [],
      reasons: [{ effect: 'hold', sentence: expect.stringContaining('Too much is moving') }],
    });
    expect(items[1]).toMatchObject({ startsItself: true, places: [{ limit: 'One at once', position: 1, length: 1 }] });
  });

  test('is kept by one that comes while others wait, though there is room: it stands behind them', async () => {
    const { policyId } = await oneAtOnce();
    const [cart, search] = [await addService('cart'), await addService('search')];
    const moving = await ask(cart);
    const waiting = await ask(search);
    expect(await stateOf(waiting)).toBe('held');
    await world.db.prisma.deployment.update({
      where: { tenantId_id: { tenantId: world.tenant.id, id: moving } },
      data: { requestedAction: 'rollback' },
    });
    await reconcile(moving);
    // There is room, and the one that waits has not been looked at yet.
    const late = await ask(cart);
    expect(await shown(late)).toMatchObject({
      state: 'held',
      reason: expect.stringContaining('search to Development came before it to "One at once"'),
    });
    expect(policyId).not.toBe('');
    await lookAtWoken();
    expect(await stateOf(waiting)).toBe('deploying');
    expect(await stateOf(late)).toBe('held');
  });

  test('an end wakes the next in line and not everybody', async () => {
    await oneAtOnce();
    const services = await Promise.all(['a', 'b', 'c', 'd'].map((slug) => addService(slug)));
    const moving = await ask(services[0] ?? { serviceId: '', artifactId: '' });
    const waiting = [];
    for (const service of services.slice(1)) waiting.push(await ask(service));
    await end(moving);
    const woken = await world.db.prisma.job.findMany({ where: { kind: 'deployment' } });
    expect(woken.map(({ key }) => key)).toEqual([waiting[0]]);
  });
});

describe('what waits for another deployment', () => {
  const midRollout = { title: 'Mid-rollout', condition: { kind: 'builtIn', use: { key: 'dependency-mid-rollout', settings: {} } } };

  test('is woken by its end and by nobody else’s, and starts by itself', async () => {
    await saveRule(midRollout);
    const [cart, search, shop] = [await addService('cart'), await addService('search'), await addService('shop', ['cart'])];
    const [ofCart, ofSearch] = [await ask(cart), await ask(search)];
    const waiting = await ask(shop);
    expect(await shown(waiting)).toMatchObject({ state: 'held', reason: expect.stringContaining('cart, which shop calls') });
    await end(ofSearch);
    expect(await lookAtWoken()).toEqual([]);
    await end(ofCart);
    expect(await lookAtWoken()).toEqual([waiting]);
    expect(await stateOf(waiting)).toBe('deploying');
  });

  test('waits for a person where its owner wants that, says that it is free, and is started by them', async () => {
    await saveRule(midRollout);
    const [cart, shop] = [await addService('cart'), await addService('shop', ['cart'])];
    const ofCart = await ask(cart);
    const waiting = await ask(shop, { startsItself: false });
    await end(ofCart);
    await lookAtWoken();
    expect(await shown(waiting)).toEqual({ state: 'held', reason: 'Nothing stands against it any more: it waits for someone to start it' });
    await chooseStart(as('developer'), { deploymentId: waiting, startsItself: true });
    expect(await lookAtWoken()).toEqual([waiting]);
    expect(await stateOf(waiting)).toBe('deploying');
    await expect(chooseStart(as('developer'), { deploymentId: waiting, startsItself: false })).rejects.toThrow('does not wait any more');
  });

  test('and is waited for by it is told on both: none of them goes on by itself', async () => {
    const eachOther = 'others.exists(o, o.relation == "dependency" && o.state == "queued")';
    await saveRule({ title: 'After what it calls', condition: { kind: 'expression', source: eachOther } });
    const [cart, shop] = [await addService('cart', ['shop']), await addService('shop', ['cart'])];
    const hold = await saveRule({ title: 'Not yet' });
    const [ofCart, ofShop] = [await ask(cart), await ask(shop)];
    later(1);
    await savePolicy(as('admin'), { kind: 'rule', policyId: hold.policyId, seenRevision: 1, document: aRule([], { enforcement: 'off' }) });
    await lookAtWoken();
    await lookAtWoken();
    for (const [id, other] of [
      [ofCart, 'shop to Development'],
      [ofShop, 'cart to Development'],
    ] as const)
      expect(await shown(id)).toMatchObject({
        state: 'held',
        reason: expect.stringContaining(`It waits in a circle: for ${other}, which waits for this one`),
      });
  });
});

test('an incident that is closed, a policy that changes and a time that comes start what waited for them', async () => {
  const [cart, search] = [await addService('cart'), await addService('search')];
  await saveRule({ title: 'Incident', condition: { kind: 'builtIn', use: { key: 'open-incident', settings: {} } } });
  const { incidentId } = await openIncident(as('developer'), { serviceId: cart.serviceId, title: 'Slow', severity: 'minor' });
  const byIncident = await ask(cart);
  const notBefore = new Date(world.time.now.getTime() + 30 * 60_000);
  const byTime = await ask(search, { notBefore: notBefore.toISOString() });
  expect([await stateOf(byIncident), await stateOf(byTime)]).toEqual(['held', 'held']);
  await world.db.prisma.job.deleteMany({});
  await closeIncident(as('developer'), { incidentId });
  expect(await lookAtWoken()).toContain(byIncident);
  expect([await stateOf(byIncident), await stateOf(byTime)]).toEqual(['deploying', 'held']);
  world.time.now = notBefore;
  await reconcile(byTime);
  expect(await stateOf(byTime)).toBe('deploying');
});

test('a newer deployment to the same place takes over from one that waits at once', async () => {
  await saveRule({ title: 'Not yet' });
  const cart = await addService('cart');
  const older = await ask(cart);
  await world.db.prisma.job.deleteMany({});
  const newer = await ask(cart);
  await lookAtWoken();
  expect([await stateOf(older), await stateOf(newer)]).toEqual(['superseded', 'held']);
});

describe('what is kept', () => {
  const findings = (deploymentId: string) =>
    world.db.prisma.policyFinding.findMany({
      where: { deploymentId },
      select: { source: true, effect: true, isShadow: true, beganAt: true, endedAt: true },
      orderBy: [{ isShadow: 'asc' }, { source: 'asc' }],
    });
  const records = (deploymentId: string) =>
    world.db.prisma.keptVerdict.findMany({
      where: { deploymentId },
      select: { moment: true, result: true, at: true, outcome: true, factsVersion: true },
    });

  test('is from when to when each policy held it, what was in shadow, the facts of the start, and what became of it', async () => {
    const { policyId } = await saveRule({ title: 'Not yet' });
    await saveRule({ title: 'Watched', enforcement: 'shadow' });
    const cart = await addService('cart');
    const id = await ask(cart);
    const began = world.time.now;
    expect(await findings(id)).toEqual([
      { source: 'rule', effect: 'hold', isShadow: false, beganAt: began, endedAt: null },
      { source: 'rule', effect: 'hold', isShadow: true, beganAt: began, endedAt: null },
    ]);
    later(60);
    await savePolicy(as('admin'), { kind: 'rule', policyId, seenRevision: 1, document: aRule([], { enforcement: 'off' }) });
    await lookAtWoken();
    const started = world.time.now;
    expect((await findings(id)).map(({ endedAt }) => endedAt)).toEqual([started, started]);
    expect(await records(id)).toEqual([{ moment: 'started', result: 'allowed', at: started, outcome: null, factsVersion: 1 }]);
    await end(id);
    expect(await records(id)).toMatchObject([{ outcome: 'rolledBack' }]);
    const where = { tenantId: world.tenant.id, id };
    expect(
      await world.db.prisma.deployment.findFirst({ where, select: { backCause: true, targets: { select: { failedAt: true } } } }),
    ).toEqual({
      backCause: 'person',
      targets: [{ failedAt: expect.any(Date) }],
    });
  });

  test('is the start of a tenant in which nothing is in force: a rule of tomorrow can be asked about it', async () => {
    const cart = await addService('cart');
    const id = await ask(cart);
    await reconcile(id);
    expect(await records(id)).toMatchObject([{ moment: 'started', result: 'allowed' }]);
  });

  test('is a refusal, though the request has left nothing else behind', async () => {
    const { policyId } = await saveRule({ title: 'Closed', effect: { kind: 'block' } });
    const cart = await addService('cart');
    await expect(ask(cart)).rejects.toThrow('Closed');
    expect(await world.db.prisma.deployment.count({ where: { serviceId: cart.serviceId } })).toBe(0);
    const [finding] = await world.db.prisma.policyFinding.findMany({ where: { policyId } });
    expect(finding).toMatchObject({
      deploymentId: null,
      effect: 'deny',
      serviceId: cart.serviceId,
      beganAt: world.time.now,
      endedAt: world.time.now,
    });
    expect(await world.db.prisma.keptVerdict.count({ where: { moment: 'refused', serviceId: cart.serviceId } })).toBe(1);
  });

  test('is that an incident of the service is tied to what was started last', async () => {
    const cart = await addService('cart');
    const id = await ask(cart);
    await reconcile(id);
    later(10);
    const { incidentId } = await openIncident(as('developer'), { serviceId: cart.serviceId, title: 'Slow', severity: 'minor' });
    expect(await records(id)).toMatchObject([{ outcome: 'incident' }]);
    expect(incidentId).not.toBe('');
  });
});
