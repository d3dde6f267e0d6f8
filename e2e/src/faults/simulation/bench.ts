import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { terminalDeploymentStates } from '@flow/core/deployment';
import { createDatabase } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import { serviceChart } from '@flow/delivery/chart';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import { createSealer } from '@flow/operations/secret';
import { startSandbox } from '@flow/sandbox/server';
import pino from 'pino';
import { connectionOf } from '../../surroundings/connection.ts';
import { installBefore, uninstallAfter } from '../crash/before.ts';
import type { PlainHelm } from '../crash/before.ts';
import { createVirtualTime } from '../crash/virtual-time.ts';
import { endStateOf } from '../facts.ts';
import type { EndState } from '../facts.ts';
import { addService, namespace, prepareGround } from '../ground.ts';
import type { GroundTools, TestService } from '../ground.ts';
import { brokenPromises } from '../promises.ts';
import { seededNumbers } from '../seeded.ts';
import type { Breach } from './checker.ts';
import type { SimulatedCluster } from './cluster.ts';
import { openSimulatedDatabase } from './database.ts';
import { none } from './defect.ts';
import type { Defect } from './defect.ts';
import { Locks } from './turns/locks.ts';
import { countChildren, isAtWork } from './turns/settle.ts';
import { Simulation } from './simulation.ts';
import type { Surroundings } from './simulation.ts';
import { hasOneEnd, stories } from './stories.ts';
import type { Story } from './stories.ts';
import { Turns } from './turns/turns.ts';
import { calm, weatherOf } from './turns/weather.ts';
import type { Weather } from './turns/weather.ts';

/** What a seed came to. */
export interface SimulationResult {
  seed: number;
  story: Story;
  steps: number;
  faults: ReadonlyMap<string, number>;
  breaches: readonly Breach[];
  /** Every step in a line. */
  trace: string;
}

export interface SimulationWish {
  seed: number;
  story?: Story;
  weather?: Weather;
  defect?: Defect;
}

/** What a broken run has left moving is put to an end, so that the next service finds the place free. */
const endWhatIsLeft = `UPDATE deployment SET state = 'failed', active_place = NULL WHERE state <> ALL($1::text[])`;

const regions = ['eu', 'us'] as const;
const workersCount = 3;
const alignMs = 600_000;

/** A database, two clusters and one time, in which one simulation is run after the other. */
export class SimulationBench implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #parts: Parts;
  readonly #clean = new Map<Story, EndState>();
  #runs = 0;

  private constructor(stack: AsyncDisposableStack, parts: Parts) {
    this.#stack = stack;
    this.#parts = parts;
  }

  static async open(): Promise<SimulationBench> {
    const stack = new AsyncDisposableStack();
    return new SimulationBench(stack, await openParts(stack));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  /** Runs what the seed says: its story, its weather and every choice. */
  async run(wish: SimulationWish): Promise<SimulationResult> {
    const random = seededNumbers(wish.seed ^ 0x5e_ed);
    const story = wish.story ?? stories[Math.floor(random() * stories.length)] ?? 'promote';
    const weather = wish.weather ?? weatherOf(random);
    const clean = hasOneEnd[story] ? await this.#cleanEnd(story) : null;
    const { result, end } = await this.#simulate({ seed: wish.seed, story, weather, defect: wish.defect ?? none });
    const difference = clean === null || end === null ? null : differenceOf(clean, end);
    return difference === null
      ? result
      : { ...result, breaches: [...result.breaches, { invariant: 13, sentence: difference, step: result.steps }] };
  }

  /** How the story ends when nothing goes wrong. */
  async #cleanEnd(story: Story): Promise<EndState> {
    const known = this.#clean.get(story);
    if (known !== undefined) return known;
    const { result, end } = await this.#simulate({ seed: 1, story, weather: calm, defect: none });
    if (end === null) throw new Error(`Without faults ${story} breaks ${JSON.stringify(result.breaches)}`);
    this.#clean.set(story, end);
    return end;
  }

  async #simulate(plan: {
    seed: number;
    story: Story;
    weather: Weather;
    defect: Defect;
  }): Promise<{ result: SimulationResult; end: EndState | null }> {
    this.#runs += 1;
    const { around, current } = this.#parts;
    const { db, ground, tools, time } = around;
    await db.pool.query(endWhatIsLeft, [terminalDeploymentStates]);
    await db.pool.query('DELETE FROM job; DELETE FROM lease; DELETE FROM event');
    await time.advance(alignMs - (time.now().getTime() % alignMs));
    const slug = `checkout-${this.#runs}`;
    const service = await addService(tools, ground, { slug, versions: ['2.0.0', '3.0.0'] });
    await installBefore(this.#helm, { ground, chart: this.#parts.chart, service });
    await time.advance(alignMs - (time.now().getTime() % alignMs));
    await db.pool.query('DELETE FROM job; DELETE FROM event; DELETE FROM observed_object');
    const simulation = new Simulation(around, { ...plan, service });
    current.simulation = simulation;
    current.defect = plan.defect;
    await simulation.run();
    current.simulation = null;
    const { checker, trace, steps, faults } = simulation;
    let end: EndState | null = null;
    if (checker.breaches.length === 0) {
      for (const id of simulation.deploymentIds)
        for (const sentence of await brokenPromises(db, ground, id))
          checker.breach(sentence.startsWith('the audit log') ? 5 : 3, sentence.replaceAll(id, 'this'));
      await checker.atEnd();
      const subject = { deploymentId: simulation.deploymentIds[0] ?? '', releaseName: slug, clients: this.#parts.clients };
      end = inWords(await endStateOf(db, ground, subject), service);
    }
    await uninstallAfter(this.#helm, slug);
    await time.advance(1_000);
    const told = trace.join('\n').replaceAll(slug, 'checkout');
    return { result: { seed: plan.seed, story: plan.story, steps, faults, breaches: checker.breaches, trace: told }, end };
  }

  get #helm(): PlainHelm {
    const { clusters, stateDir } = this.#parts.around;
    return { clients: clusters.map(({ client }) => client), homeDir: stateDir };
  }
}

/** Which version it is, in a word that is the same for every service. */
function inWords(end: EndState, { artifacts }: TestService): EndState {
  const word = (digest: string): string =>
    digest === artifacts[0]?.digest ? 'new' : digest === artifacts[1]?.digest ? 'newest' : 'before';
  return {
    ...end,
    running: end.running.map((place) => ({ ...place, digest: word(place.digest) })),
    shown: end.shown.map((place) => ({ ...place, digest: word(place.digest) })),
  };
}

function differenceOf(clean: EndState, end: EndState): string | null {
  for (const part of ['deployment', 'targets', 'running', 'shown', 'actions', 'told', 'revisions'] as const)
    if (!isDeepStrictEqual(clean[part], end[part]))
      return `${part}: ${JSON.stringify(end[part])} instead of ${JSON.stringify(clean[part])}`;
  return null;
}

interface Parts {
  around: Surroundings;
  clients: ReadonlyMap<string, SimulatedCluster['client']>;
  chart: string;
  /** What the connections tell of their writes to, and the defect that changes what they send. */
  current: { simulation: Simulation | null; defect: Defect };
}

async function openParts(stack: AsyncDisposableStack): Promise<Parts> {
  const database = stack.use(await createTestDatabase());
  const time = stack.use(await createVirtualTime(database.url));
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-simulation-'));
  stack.defer(() => rm(stateDir, { recursive: true, force: true }));
  const locks = stack.use(await Locks.open(database.url));
  const db = createDatabase(database.url, 4);
  stack.defer(() => db.close());
  let ids = 0;
  const tools: GroundTools = { db, now: time.now, newId: () => `id-${String((ids += 1)).padStart(9, '0')}` };
  const sandboxes = [];
  for (const region of regions) {
    const folder = join(stateDir, region);
    const sandbox = await startSandbox({ name: region, region, stateDir: folder, imageDir: join(folder, 'images'), clock: time.clock });
    stack.defer(() => sandbox.stop());
    sandboxes.push({ region, connection: connectionOf(sandbox.kubeconfig), store: sandbox.store });
  }
  const ground = await prepareGround(tools, { sealer: createSealer('a key for tests that is long enough to be one'), regions: sandboxes });
  const clusters: SimulatedCluster[] = [];
  for (const { region, connection, store } of sandboxes) {
    const client = stack.use(connectCluster(connection));
    await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    clusters.push({ id: ground.clusters.find((each) => each.region === region)?.id ?? '', region, client, store });
  }
  const atRest = countChildren();
  const current: Parts['current'] = { simulation: null, defect: none };
  const opened: Awaited<ReturnType<typeof openSimulatedDatabase>>[] = [];
  const turns = new Turns(() => opened.some((process) => process.isBusy()) || isAtWork(atRest));
  const open = async () => {
    const process = await openSimulatedDatabase(database.url, {
      turns,
      locks,
      rewrite: (statement) => current.defect.rewrite?.(statement) ?? null,
      onWrite: () => current.simulation?.onWrite(),
    });
    stack.defer(() => process.close());
    opened.push(process);
    return process;
  };
  const workers = [];
  for (let index = 0; index < workersCount; index += 1) workers.push(await open());
  const processes = { workers, ana: await open(), bo: await open(), page: await open() };
  const log = pino({ level: 'silent' });
  const around = { db, time, turns, locks, clusters, ground, tools, processes, stateDir, log };
  return { around, clients: new Map(clusters.map(({ region, client }) => [region, client])), chart: (await serviceChart()).path, current };
}
