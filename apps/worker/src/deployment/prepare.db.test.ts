import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationSnapshot } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { loadForDecision } from '@flow/db/deployment';
import { askForDeployment, repeatDeployment } from '@flow/operations/deployment';
import { actAs } from '@flow/operations/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GitReader } from '../git/read-commit.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { carryOut } from './carry-out.ts';
import { reconcileDeployments } from './reconcile.ts';
import type { DeploymentDependencies } from './reconcile.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
  await world.db.prisma.environment.updateMany({ where: { id: world.tenant.quietId }, data: { requiredApprovals: 1 } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const noGit: GitReader = {
  readCommit: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  writeFolder: () => Promise.reject(new FlowError({ code: 'notFound', owner: 'configuration', message: 'The commit has no folder chart' })),
  readOwners: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
};
const dependencies = (git: GitReader): DeploymentDependencies => ({ ...world, git, holder: 'test' });
const useChart = (chart: { kind: 'flow' } | { kind: 'repository'; path: string }) =>
  world.db.prisma.service.updateMany({ where: { id: world.tenant.serviceId }, data: { chart } });

/** A commit whose chart has one template with this text. */
const chartWith = (template: string): GitReader => ({
  ...noGit,
  async writeFolder(_commit, { path, folder }) {
    await mkdir(join(folder, path, 'templates'), { recursive: true });
    await writeFile(join(folder, path, 'Chart.yaml'), 'apiVersion: v2\nname: own\nversion: 1.0.0\n');
    await writeFile(join(folder, path, 'templates', 'all.yaml'), template);
  },
});

async function ask(): Promise<string> {
  const { id, serviceId, quietId: environmentId, people } = world.tenant;
  const commitSha = world
    .newId()
    .replaceAll(/[^0-9a-f]/g, '0')
    .padStart(40, 'e')
    .slice(-40);
  const { id: artifactId } = await world.db.prisma.artifact.create({
    data: {
      tenantId: id,
      id: world.newId(),
      serviceId,
      version: commitSha.slice(-8),
      repository: 'registry.test/checkout',
      digest: `sha256:${'5'.repeat(64)}`,
      chartVersion: '1.0.0',
      commitSha,
      commitMessage: '',
      commitAuthor: '',
    },
  });
  const { deploymentId } = await askForDeployment(actAs(world.db, id, people.developer.actor), { serviceId, environmentId, artifactId });
  return deploymentId;
}
const reconcile = (deploymentId: string, git = noGit) =>
  reconcileDeployments(dependencies(git))(
    { kind: 'deployment', key: deploymentId, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    new AbortController().signal,
  );
const shown = (id: string) =>
  world.db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: world.tenant.id, id } },
    select: { state: true, reason: true, targets: { select: { state: true } } },
  });
const running = () => world.db.prisma.runningVersion.findMany({ where: { tenantId: world.tenant.id } });
const writes = () => world.cluster.requests.filter((request) => !request.line.startsWith('GET'));

describe('a chart', () => {
  test.each([
    ['that does not render', '{{ required "the port is missing" .Values.port }}', 'the port is missing'],
    ['that renders broken YAML', 'kind: [', 'The chart'],
    ['that makes what a tenant may not create', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: mine\n', 'Namespace'],
    ['that is not in the commit', null, 'The commit has no folder chart'],
  ])(
    '%s ends the deployment with the reason; nothing is written to the cluster and what runs goes on',
    async (_what, template, sentence) => {
      await useChart({ kind: 'repository', path: 'chart' });
      const before = { running: await running(), writeCount: writes().length };
      const id = await ask();
      expect(await reconcile(id, template === null ? noGit : chartWith(template))).toEqual({ kind: 'done' });
      expect(await shown(id)).toEqual({ state: 'failed', reason: expect.stringContaining(sentence), targets: [{ state: 'skipped' }] });
      expect({ running: await running(), writeCount: writes().length }).toEqual(before);
      await useChart({ kind: 'flow' });
    },
  );
});

describe('an earlier deployment that is taken again', () => {
  const find = (id: string) => world.db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: world.tenant.id, id } } });
  /** One that was prepared with these values of the service, and then was healthy. */
  const healthyWith = async (values: { replicas: number }) => {
    await world.db.prisma.service.updateMany({ where: { id: world.tenant.serviceId }, data: { values } });
    const id = await ask();
    await reconcile(id);
    await world.db.prisma.deployment.updateMany({ where: { id }, data: { state: 'succeeded' } });
    return id;
  };
  const repeat = async (id: string): Promise<string> => {
    const { id: tenantId, people } = world.tenant;
    return (await repeatDeployment(actAs(world.db, tenantId, people.developer.actor), { deploymentId: id })).deploymentId;
  };
  const valuesOf = async (id: string) =>
    Object.values(configurationSnapshot.parse((await find(id)).snapshot).values).map(({ replicas, flow }) => ({ replicas, flow }));

  test('has the configuration of then, whatever has been saved since, and names itself', async () => {
    const earlier = await healthyWith({ replicas: 2 });
    await healthyWith({ replicas: 5 });
    const again = await repeat(earlier);
    await reconcile(again);
    expect(await valuesOf(again)).toEqual([{ replicas: 2, flow: expect.objectContaining({ deployment: again }) }]);
    // A worker that died in between prepares it again: the same comes of it.
    const { snapshotHash } = await find(again);
    await world.db.prisma.engineAction.updateMany({ where: { key: `${again}/prepare` }, data: { state: 'intended' } });
    await world.db.prisma.deployment.updateMany({ where: { id: again }, data: { state: 'preparing' } });
    await reconcile(again);
    expect((await find(again)).snapshotHash).toBe(snapshotHash);
  });

  test('whose chart is no longer there ends with the reason and touches nothing', async () => {
    const earlier = await healthyWith({ replicas: 2 });
    const writeCount = writes().length;
    const snapshot = configurationSnapshot.parse((await find(earlier)).snapshot);
    const gone = { ...snapshot, chart: { ...snapshot.chart, version: '0.0.9', digest: 'sha256:gone' } };
    await world.db.prisma.deployment.updateMany({ where: { id: earlier }, data: { snapshot: gone } });
    const again = await repeat(earlier);
    await reconcile(again);
    expect(await shown(again)).toMatchObject({ state: 'failed', reason: expect.stringContaining('0.0.9) is no longer there') });
    expect(writes().length).toBe(writeCount);
  });
});

test('a worker that slept while it prepared does not change what another has prepared since, though the configuration was edited', async () => {
  await useChart({ kind: 'repository', path: 'chart' });
  const chart = chartWith('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own\ndata:\n  replicas: "{{ .Values.replicas }}"\n');
  const setReplicas = (replicas: number) =>
    world.db.prisma.service.updateMany({ where: { id: world.tenant.serviceId }, data: { values: { replicas } } });
  const [asleep, awake] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const sleepy: GitReader = {
    ...chart,
    async writeFolder(...given) {
      asleep.resolve(undefined);
      await awake.promise;
      return chart.writeFolder(...given);
    },
  };
  const prepared = async (deploymentId: string) => {
    const { snapshotHash, snapshot } = await world.db.prisma.deployment.findFirstOrThrow({ where: { id: deploymentId } });
    const manifests = await world.db.prisma.renderedManifest.findMany({ where: { deploymentId } });
    return { snapshotHash, snapshot, manifests: manifests.map(({ manifest }) => manifest) };
  };
  await setReplicas(2);
  const id = await ask();
  const sleeping = reconcile(id, sleepy);
  await asleep.promise;
  await setReplicas(7);
  await reconcile(id, chart);
  const before = await prepared(id);
  expect(before.manifests.join()).toContain('"7"');
  awake.resolve(undefined);
  await sleeping;
  expect(await prepared(id)).toEqual(before);
  await useChart({ kind: 'flow' });
});

describe('a cluster', () => {
  test.each([
    [{ status: 401 }, 'register the cluster again'],
    [{ status: 500 }, 'HTTP 500'],
    ['silent' as const, 'did not answer in time'],
  ])('that answers %j keeps the deployment waiting, which says why and goes on by itself afterwards', async (how, sentence) => {
    const id = await ask();
    world.cluster.misbehaviour = how;
    expect(await reconcile(id)).toMatchObject({ kind: 'retry' });
    expect(await reconcile(id)).toMatchObject({ kind: 'retry' });
    const waiting = await shown(id);
    expect(waiting).toMatchObject({ state: 'preparing', targets: [{ state: 'pending' }] });
    expect(waiting.reason).toContain(sentence);
    expect(waiting.reason).not.toContain('words of the cluster');
    world.cluster.misbehaviour = null;
    expect(await reconcile(id)).toMatchObject({ kind: 'waiting' });
    expect(await shown(id)).toMatchObject({ state: 'awaitingApproval' });
    expect(world.logged.filter((line) => line.level >= 50)).toEqual([]);
  });

  test('that nobody listens at is named in the reason, and the deployment goes on when it is back', async () => {
    const id = await ask();
    await world.connect({ server: 'http://127.0.0.1:1' });
    await world.clusters.refresh(world.tenant.clusterId);
    await reconcile(id);
    await reconcile(id);
    expect((await shown(id)).reason).toContain('The cluster at http://127.0.0.1:1 cannot be reached');
    await world.connect({});
    await world.clusters.refresh(world.tenant.clusterId);
    await reconcile(id);
    expect((await shown(id)).state).toBe('awaitingApproval');
  });
});

test('work that a stop interrupts is not logged as a fault of Flow; a fault is', async () => {
  await useChart({ kind: 'repository', path: 'chart' });
  const deploymentId = await ask();
  const loaded = await loadForDecision(world.db, world.tenant.id, deploymentId);
  if (loaded === undefined) throw new Error('no deployment');
  const stopping = new AbortController();
  const interrupted: GitReader = {
    ...noGit,
    writeFolder: () => Promise.reject(new DOMException('This operation was aborted', 'AbortError')),
  };
  const effects = [{ kind: 'prepare' as const, key: `${deploymentId}/prepare` }];
  const errors = () => world.logged.filter((line) => line.level >= 50).length;
  const before = errors();
  stopping.abort();
  await carryOut(dependencies(interrupted), { loaded, effects, signal: stopping.signal });
  expect(errors()).toBe(before);
  await carryOut(dependencies(interrupted), { loaded, effects, signal: new AbortController().signal });
  expect(errors()).toBe(before + 1);
  await useChart({ kind: 'flow' });
});
