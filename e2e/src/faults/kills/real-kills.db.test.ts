import { isDeepStrictEqual } from 'node:util';
import { deploymentState, isTerminal } from '@flow/core/deployment';
import { askForDeployment } from '@flow/operations/deployment';
import { readHistory } from '@flow/delivery/helm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../contract/eventually.ts';
import { faultSettings } from '../env.ts';
import { endStateOf } from '../facts.ts';
import type { EndState } from '../facts.ts';
import { addService, contextOf, namespace } from '../ground.ts';
import type { TestService } from '../ground.ts';
import { actAsPeople } from '../people.ts';
import type { Wish } from '../people.ts';
import { brokenPromises } from '../promises.ts';
import { seededNumbers } from '../seeded.ts';
import { isReady, startProduct } from './product.ts';
import type { Product } from './product.ts';

// The product's own worker, Postgres and two clusters as processes, the real helm, real time. The worker is killed at seeded moments while it
// carries out one deployment after the other; in between, each cluster and Postgres fall over too.
const { seed, kills: killsWanted } = faultSettings();
const limitMs = 30 * 60_000;
const longestLifeMs = 2_500;
/** Deployments that move at the same time. */
const servicesCount = 5;
/** After this many kills, for each of the wanted: the cluster of the first region, Postgres, the cluster of the second. */
const otherFaults = [0.25, 0.5, 0.75] as const;

let product: Product;
const tally = {
  kills: 0,
  postgresCrashes: 0,
  sandboxRestarts: 0,
  deployments: 0,
  cures: 0,
  violations: [] as string[],
  startedAt: performance.now(),
};

beforeAll(async () => {
  product = await startProduct();
}, limitMs);
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  const { startedAt, violations, ...counts } = tally;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(JSON.stringify({ goal: 'G3', ...counts, violations: violations.length, seed, seconds }));
});

interface Moving {
  service: TestService;
  /** How many of its versions were asked for. */
  asked: number;
  deploymentId: string;
  wish: Wish;
}

interface Ended extends Moving {
  end: EndState;
}

const versions = Array.from({ length: 40 }, (_none, index) => `${index + 1}.0.0`);

/** The first version is always promoted, since there is nothing to go back to; of the others every third is taken back. */
const wishFor = (number: number): Wish => (number % 3 === 2 ? 'rollBack' : 'promote');

async function ask(service: TestService, number: number): Promise<Moving> {
  const { tools, ground } = product;
  const artifactId = service.artifacts[number - 1]?.id ?? '';
  const { deploymentId } = await askForDeployment(contextOf(tools, ground.tenantId, ground.asker), {
    serviceId: service.serviceId,
    environmentId: ground.environmentId,
    artifactId,
    idempotencyKey: `${service.slug}-${number}`,
  });
  return { service, asked: number, deploymentId, wish: wishFor(number) };
}

async function hasEnded({ deploymentId }: Moving): Promise<boolean> {
  const { db, ground } = product;
  const { state } = await db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: ground.tenantId, id: deploymentId } },
    select: { state: true },
  });
  const jobs = await db.prisma.job.count({ where: { kind: 'deployment', key: deploymentId } });
  return isTerminal(deploymentState.parse(state)) && jobs === 0;
}

const subjectOf = ({ deploymentId, service }: Moving) => ({ deploymentId, releaseName: service.slug, clients: product.clients });

/** Which version runs where, in words that are the same for every service. */
function inWords(end: EndState, { service, asked }: Moving): EndState {
  const word = (digest: string): string => {
    const at = service.artifacts.findIndex((artifact) => artifact.digest === digest) + 1;
    return at === asked ? 'new' : at === 0 ? 'none' : 'before';
  };
  const told = <Place extends { digest: string }>(places: readonly Place[]): Place[] =>
    places.map((place) => ({ ...place, digest: word(place.digest) }));
  return { ...end, running: told(end.running), shown: told(end.shown) };
}

/** Carries all of them on as people would, asking for the next version while there are kills to come; resolves when everything has ended. */
async function carryOn(given: readonly Moving[], options: { goesOn: () => boolean; meanwhile: () => Promise<void> }): Promise<Ended[]> {
  const moving = [...given];
  const ended: Ended[] = [];
  const look = async (): Promise<boolean> => {
    await options.meanwhile();
    for (const [index, each] of [...moving.entries()].toReversed()) {
      await actAsPeople(product.tools, product.ground, each);
      if (!(await hasEnded(each))) continue;
      const end = await endStateOf(product.db, product.ground, subjectOf(each));
      ended.push({ ...each, end: inWords(end, each) });
      if (options.goesOn()) moving[index] = await ask(each.service, each.asked + 1);
      else moving.splice(index, 1);
    }
    return moving.length === 0;
  };
  // People try again when the portal cannot reach its database or a cluster.
  await eventually('every deployment has ended', () => look().catch(() => false), limitMs - 60_000).catch(async (error: unknown) => {
    const stuck = await product.db.prisma.deployment.findMany({
      where: { id: { in: moving.map((each) => each.deploymentId) } },
      include: { targets: true },
    });
    throw new Error(`${String(error)}\n${JSON.stringify(stuck)}\n${product.worker.lastWords}`, { cause: error });
  });
  return ended;
}

/** Kills the worker at the next seeded moment of its life, whenever it is called after that. */
function killer(random: () => number): () => Promise<void> {
  let lifeMs = random() * longestLifeMs;
  const others = [
    () => restartSandbox(0, 'SIGKILL'),
    async () => {
      await product.crashPostgres();
      tally.postgresCrashes += 1;
    },
    () => restartSandbox(1, 'SIGTERM'),
  ];
  return async () => {
    const { worker } = product;
    if (tally.kills >= killsWanted || worker.readyAt === null || performance.now() - worker.readyAt < lifeMs) return;
    await worker.end('SIGKILL');
    tally.kills += 1;
    worker.start();
    lifeMs = random() * longestLifeMs;
    const place = otherFaults[others.length === 0 ? -1 : otherFaults.length - others.length];
    if (place !== undefined && tally.kills >= killsWanted * place) await others.shift()?.();
  };
}

async function restartSandbox(index: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const program = product.sandboxes[index]?.program;
  await program?.end(signal);
  program?.start();
  tally.sandboxRestarts += 1;
}

/** How the same deployments end when nobody dies, by what people want and whether something ran there before. */
const kindOf = ({ wish, asked }: Moving): string => `${wish}${asked === 1 ? ' first' : ''}`;

test(
  `${killsWanted} kills of the worker, and falls of both clusters and of Postgres, change nothing of how deployments end`,
  { timeout: limitMs },
  async () => {
    const { tools, ground, worker } = product;
    worker.start();
    await isReady(worker, 'the worker');
    const untouched = await addService(tools, ground, { slug: 'untouched', versions: versions.slice(0, 3) });
    const clean = new Map<string, EndState>();
    for (const number of [1, 2, 3]) {
      const [only] = await carryOn([await ask(untouched, number)], { goesOn: () => false, meanwhile: () => Promise.resolve() });
      if (only !== undefined) clean.set(kindOf(only), only.end);
    }
    expect(clean.get('promote')?.deployment.state).toBe('succeeded');
    expect(clean.get('rollBack')?.deployment.state).toBe('rolledBack');

    const moving: Moving[] = [];
    for (let index = 0; index < servicesCount; index += 1) {
      const service = await addService(tools, ground, { slug: `service-${index}`, versions });
      moving.push(await ask(service, 1));
    }
    const ended = await carryOn(moving, { goesOn: () => tally.kills < killsWanted, meanwhile: killer(seededNumbers(seed)) });

    tally.deployments = ended.length;
    for (const each of ended) {
      const what = `${each.service.slug} ${each.asked} (${each.wish})`;
      const expected = clean.get(kindOf(each));
      for (const part of ['deployment', 'targets', 'running', 'shown', 'transitions', 'actions', 'told', 'revisions'] as const)
        if (!isDeepStrictEqual(each.end[part], expected?.[part]))
          tally.violations.push(`${what}: ${part} is ${JSON.stringify(each.end[part])} instead of ${JSON.stringify(expected?.[part])}`);
      tally.violations.push(...(await brokenPromises(product.db, ground, each.deploymentId)).map((sentence) => `${what}: ${sentence}`));
    }
    for (const service of new Set(ended.map((each) => each.service))) await countCures(service, ended);
    expect(tally.violations).toEqual([]);
    expect(tally.kills).toBe(killsWanted);
    await eventually(
      'nobody dead holds a release',
      async () =>
        (await product.db.prisma.lease.count({ where: { name: { startsWith: 'release/' }, expiresAt: { gt: new Date() } } })) === 0,
    );
  },
);

/** Helm revisions beyond one for each upgrade and each rollback: those that cured a release after helm or its worker had died. None is left pending. */
async function countCures(service: TestService, ended: readonly Ended[]): Promise<void> {
  const mine = ended.filter((each) => each.service === service);
  const wanted = mine.length + mine.filter(({ wish }) => wish === 'rollBack').length;
  for (const [region, client] of product.clients) {
    const history = await readHistory(client, { namespace, name: service.slug });
    tally.cures += Math.max(0, (history.at(-1)?.revision ?? 0) - wanted);
    // A killed helm leaves its own revision pending for ever, under the one that cured it.
    if (history.at(-1)?.status !== 'deployed')
      tally.violations.push(`${service.slug} in ${region}: the newest revision is ${String(history.at(-1)?.status)}`);
    const deployed = history.filter(({ status }) => status === 'deployed').length;
    if (deployed !== 1) tally.violations.push(`${service.slug} in ${region}: ${deployed} revisions are deployed`);
  }
}
