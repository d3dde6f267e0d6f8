import { createServer } from 'node:http';
import { FlowError } from '@flow/core/fault';
import { createOutbound, readAllowedPlaces } from '@flow/delivery/outbound';
import { askForDeployment } from '@flow/operations/deployment';
import { askAgain, createExternal } from '@flow/operations/external-check';
import { closeIncident } from '@flow/operations/incident';
import { savePolicy } from '@flow/operations/policy';
import { createSealer } from '@flow/operations/secret';
import { actAs, testId } from '@flow/operations/testing';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { reconcileDeployments } from '../deployment/reconcile.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { callExternals } from './call-external.ts';

let world: WorkerWorld;
let stack: AsyncDisposableStack;
let answer: { status: number; body: string };
let asked: string[];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  world = stack.use(await createWorkerWorld());
  // Nothing else moves in the tenant of these tests.
  await world.db.prisma.deployment.deleteMany({});
  await closeIncident(as('admin'), { incidentId: world.tenant.incidentId });
  asked = [];
});
afterEach(() => stack.disposeAsync());
afterAll(() => outbound[Symbol.asyncDispose]());

const sealer = createSealer('a key for tests that is long enough to be one');
const as = (role: 'admin' | 'developer') =>
  actAs(world.db, world.tenant.id, { actor: world.tenant.people[role].actor, now: world.time.now });
const read = readAllowedPlaces('127.0.0.1');
if (!read.ok) throw new Error(read.message);
const outbound = createOutbound({ allowed: read.places });
const refused = () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' }));
const git = { readCommit: refused, writeFolder: refused, readOwners: refused };

async function service(): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => response.writeHead(answer.status).end(answer.body));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  stack.defer(() => new Promise<void>((done) => server.close(() => done())));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

const reconcile = (key: string) =>
  reconcileDeployments({ ...world, git, holder: testId('holder') })(
    { kind: 'deployment', key, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    new AbortController().signal,
  );
const call = (key: string) =>
  callExternals({ context: world, sealer, outbound, publicUrl: 'https://flow.test', random: () => 0.5 })(
    { kind: 'externalCheck', key, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    new AbortController().signal,
  );
const jobs = (kind: string) => world.db.prisma.job.findMany({ where: { kind }, orderBy: { runAt: 'asc' } });
const shown = (id: string) =>
  world.db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: world.tenant.id, id } },
    select: { state: true, reason: true },
  });

/** A deployment that a gate with an outside service holds, with the one question that was asked of it. */
async function heldByGate(): Promise<{ deploymentId: string; questionId: string }> {
  const settings = { name: 'Board', url: await service(), retriesMax: 1 };
  const { externalId } = await createExternal(as('admin'), settings, { sealer, checkUrl: () => ({ ok: true }) });
  const checks = [{ kind: 'external', key: 'board', title: 'Allowed', externalId }];
  await savePolicy(as('admin'), { kind: 'gate', document: { title: 'Ready', scope: {}, appliesTo: {}, enforcement: 'enforce', checks } });
  const { serviceId, developmentId: environmentId, olderArtifactId: artifactId } = world.tenant;
  const { deploymentId } = await askForDeployment(as('developer'), { serviceId, environmentId, artifactId });
  await reconcile(deploymentId);
  await reconcile(deploymentId);
  expect(await shown(deploymentId)).toMatchObject({ state: 'held', reason: expect.stringContaining('waiting for Board since') });
  const [job, ...more] = await jobs('externalCheck');
  expect(more).toEqual([]);
  if (job === undefined) throw new Error('nobody was asked');
  return { deploymentId, questionId: job.key };
}

test('what a gate needs to know is asked once when it is prepared, and the answer starts the deployment', async () => {
  answer = { status: 200, body: '{"result":"allowed","reason":"CHG1"}' };
  const { deploymentId, questionId } = await heldByGate();
  await world.db.prisma.job.deleteMany({ where: { kind: 'deployment' } });
  expect(await call(questionId)).toEqual({ kind: 'done' });
  expect(asked).toEqual([questionId]);
  expect((await jobs('deployment')).map(({ key }) => key)).toEqual([deploymentId]);
  world.cluster.misbehaviour = { status: 500 };
  await reconcile(deploymentId);
  expect((await shown(deploymentId)).state).toBe('deploying');
});

test('a refusal ends it with the reason, and a service that fails is tried again until a person has it asked anew', async () => {
  answer = { status: 503, body: '' };
  const { deploymentId, questionId } = await heldByGate();
  expect(await call(questionId)).toEqual({ kind: 'waiting', until: new Date(world.time.now.getTime() + 5_000) });
  world.time.now = new Date(world.time.now.getTime() + 5_000);
  expect(await call(questionId)).toEqual({ kind: 'done' });
  await reconcile(deploymentId);
  expect((await shown(deploymentId)).reason).toContain('Board answered HTTP 503, tried 2 times');
  expect(asked).toEqual([questionId, questionId]);

  answer = { status: 200, body: '{"result":"refused","reason":"no change window"}' };
  await askAgain(as('developer'), { deploymentId, questionId });
  const again = (await jobs('externalCheck')).find(({ key }) => key !== questionId);
  await call(again?.key ?? '');
  await reconcile(deploymentId);
  expect(await shown(deploymentId)).toMatchObject({
    state: 'rejected',
    reason: expect.stringContaining('Board refused: no change window'),
  });
});
