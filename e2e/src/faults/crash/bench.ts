import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentState, isTerminal } from '@flow/core/deployment';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { nextDueAt } from '@flow/db/jobs';
import { createTestDatabase } from '@flow/db/testing';
import { serviceChart } from '@flow/delivery/chart';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import { askForDeployment } from '@flow/operations/deployment';
import { createSealer } from '@flow/operations/secret';
import { startSandbox } from '@flow/sandbox/server';
import pino from 'pino';
import { endStateOf } from '../facts.ts';
import type { EndState } from '../facts.ts';
import { addService, contextOf, namespace, prepareGround } from '../ground.ts';
import type { Ground, GroundTools, TestService } from '../ground.ts';
import { actAsPeople } from '../people.ts';
import type { Wish } from '../people.ts';
import { brokenPromises } from '../promises.ts';
import { connectionOf } from '../../surroundings/connection.ts';
import { installBefore, uninstallAfter } from './before.ts';
import type { PlainHelm } from './before.ts';
import type { BareCluster } from './gated-cluster.ts';
import { Succession } from './succession.ts';
import { copyTables } from './table-copy.ts';
import type { TableCopy } from './table-copy.ts';
import { createVirtualTime } from './virtual-time.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is run, and at which moments its workers die: the first at the first number, the one after it at the second. */
export interface CrashPlan {
  wish: Wish;
  crashAt: readonly number[];
  /** The database is kept when the first worker dies, and taken back to that when the second one does: what happened between is lost there, and nowhere else. */
  isTakenBack?: boolean;
}

/** What it came to. */
export type CrashResult = Succession['story'] & {
  end: EndState;
  /** What the workers did in the clusters, each act once for each time that it was done. */
  effects: readonly string[];
  broken: readonly string[];
};

const regions = ['eu', 'us'] as const;
const stepMs = 500;
const longestStepMs = 5_000;
const turnsMax = 600;

/** A database, two clusters and one time, in which one deployment after the other is run with crashes. */
export class CrashBench implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #parts: Parts;
  #runs = 0;

  private constructor(stack: AsyncDisposableStack, parts: Parts) {
    this.#stack = stack;
    this.#parts = parts;
  }

  static async open(): Promise<CrashBench> {
    const stack = new AsyncDisposableStack();
    return new CrashBench(stack, await openParts(stack));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  /** Runs one deployment of a service of its own, over something that runs there already, until it has ended and nothing is left to do. */
  async run(plan: CrashPlan): Promise<CrashResult> {
    this.#runs += 1;
    const { db, ground, tools, clusters, time } = this.#parts;
    const slug = `checkout-${this.#runs}`;
    const service = await addService(tools, ground, { slug, versions: ['2.0.0'] });
    await installBefore(this.#helm, { ground, chart: this.#parts.chart, service });
    await time.advance(5_000);
    const { deploymentId } = await askForDeployment(contextOf(tools, ground.tenantId, ground.asker), {
      serviceId: service.serviceId,
      environmentId: ground.environmentId,
      artifactId: service.artifacts[0]?.id ?? '',
    });
    const marks = clusters.map(({ done }) => done.length);
    const driven = await this.#drive(deploymentId, plan);
    const subject = { deploymentId, releaseName: slug, clients: new Map(clusters.map(({ region, client }) => [region, client])) };
    const plain = (text: string): string => text.replaceAll(slug, 'checkout').replaceAll(deploymentId, 'this');
    const end = await endStateOf(db, ground, subject);
    const result: CrashResult = {
      end: { ...end, running: inWords(end.running, service), shown: inWords(end.shown, service) },
      effects: clusters.flatMap(({ region, done }, index) => done.slice(marks[index]).map((act) => `${region}: ${plain(act)}`)).toSorted(),
      broken: await brokenPromises(db, ground, deploymentId),
      ...driven,
    };
    await uninstallAfter(this.#helm, slug);
    await time.advance(1_000);
    return result;
  }

  get #helm(): PlainHelm {
    const { clusters, stateDir } = this.#parts;
    return { clients: clusters.map(({ client }) => client), homeDir: join(stateDir, 'helm') };
  }

  async #drive(deploymentId: string, plan: CrashPlan): Promise<Succession['story']> {
    const { db, ground, tools } = this.#parts;
    const workers = new Succession(plan.crashAt, { ...this.#parts, newId: tools.newId });
    let copy: TableCopy | null = null;
    for (let turns = 0; turns < turnsMax; turns += 1) {
      const wasAsked = await actAsPeople(tools, ground, { deploymentId, wish: plan.wish });
      try {
        if ((await workers.work()) || wasAsked) continue;
      } catch (error) {
        await workers.bury(error);
        if (plan.isTakenBack === true) {
          await copy?.putBack();
          copy ??= await copyTables(db);
        }
        continue;
      }
      if (await this.#isOver(deploymentId)) {
        await workers.end();
        return workers.story;
      }
      await this.#pass();
    }
    throw new Error(`The deployment does not come to an end: ${await describe(db, ground, deploymentId)}`);
  }

  async #isOver(deploymentId: string): Promise<boolean> {
    const { db, ground } = this.#parts;
    const { state } = await db.prisma.deployment.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: ground.tenantId, id: deploymentId } },
      select: { state: true },
    });
    const jobs = await db.prisma.job.count({ where: { key: deploymentId } });
    return isTerminal(deploymentState.parse(state)) && jobs === 0;
  }

  /** Lets time pass until something may happen. */
  async #pass(): Promise<void> {
    const { db, time } = this.#parts;
    const due = await nextDueAt(db);
    const wait = due === undefined ? stepMs : due.getTime() - time.now().getTime();
    await time.advance(Math.min(longestStepMs, Math.max(stepMs, wait)));
  }
}

/** Which version it is, in a word that is the same for every service. */
function inWords<Place extends { digest: string }>(places: readonly Place[], { artifacts }: TestService): Place[] {
  return places.map((place) => ({ ...place, digest: place.digest === artifacts[0]?.digest ? 'new' : 'before' }));
}

interface Parts {
  db: Database;
  databaseUrl: string;
  time: VirtualTime;
  ground: Ground;
  tools: GroundTools;
  clusters: readonly BareCluster[];
  stateDir: string;
  chart: string;
  log: pino.Logger;
}

async function openParts(stack: AsyncDisposableStack): Promise<Parts> {
  const database = stack.use(await createTestDatabase());
  const time = stack.use(await createVirtualTime(database.url));
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-crash-'));
  stack.defer(() => rm(stateDir, { recursive: true, force: true }));
  const db = createDatabase(database.url, 4);
  stack.defer(() => db.close());
  const sandboxes = [];
  for (const region of regions) {
    const folder = join(stateDir, region);
    const sandbox = await startSandbox({ name: region, region, stateDir: folder, imageDir: join(folder, 'images'), clock: time.clock });
    stack.defer(() => sandbox.stop());
    sandboxes.push({ region, connection: connectionOf(sandbox.kubeconfig), revision: () => sandbox.store.revision() });
  }
  let ids = 0;
  const tools: GroundTools = { db, now: time.now, newId: () => `id-${String((ids += 1)).padStart(6, '0')}` };
  const ground = await prepareGround(tools, {
    sealer: createSealer('a key for tests that is long enough to be one'),
    regions: sandboxes.map(({ region, connection }) => ({ region, connection })),
  });
  const clusters: BareCluster[] = [];
  for (const { region, connection, revision } of sandboxes) {
    const client = stack.use(connectCluster(connection));
    await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    clusters.push({ id: ground.clusters.find((each) => each.region === region)?.id ?? '', region, client, revision, done: [] });
  }
  const chart = (await serviceChart()).path;
  return { db, databaseUrl: database.url, time, ground, tools, clusters, stateDir, chart, log: pino({ level: 'silent' }) };
}

async function describe(db: Database, ground: Ground, id: string): Promise<string> {
  const where = { tenantId: ground.tenantId };
  const deployment = await db.prisma.deployment.findUnique({ where: { tenantId_id: { ...where, id } }, include: { targets: true } });
  const actions = await db.prisma.engineAction.findMany({ where: { ...where, deploymentId: id } });
  const jobs = await db.prisma.job.findMany({});
  return JSON.stringify({ deployment, actions, jobs });
}
