import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClusters } from '../../cluster/access.ts';
import { kill, startAgain, type PartName } from '../../cluster/faults.ts';
import { removeMadeByFlow } from '../../cluster/made-by-flow.ts';
import { faultSettings } from '../env.ts';
import { carryThrough } from '../kills/carry-through.ts';
import { isReady } from '../kills/program.ts';
import { startProduct } from '../kills/product.ts';
import type { Product } from '../kills/product.ts';
import type { Scene } from '../kills/workload.ts';
import { seededNumbers } from '../seeded.ts';

// The product's own worker and Postgres as processes, the real helm, real Kubernetes and Argo Rollouts in two regions. At seeded moments the worker, a
// controller or an API server is killed while deployments go on.
const { seed, clusterKills: killsWanted } = faultSettings();
const own = realClusters().filter((cluster) => cluster.isOwn);
const limitMs = 60 * 60_000;
const longestLifeMs = 4_000;
/** Deployments that move at the same time. */
const servicesCount = 3;

/** Who is killed, and how often of ten times. */
const victims: readonly (PartName | 'worker')[] = [
  ...Array.from({ length: 5 }, () => 'worker' as const),
  'rollouts-controller',
  'rollouts-controller',
  'kube-apiserver',
  'kube-apiserver',
  'kube-controller-manager',
];

let product: Product;
let scene: Scene;
const tally = { kills: 0, of: {} as Record<string, number>, deployments: 0, cures: 0, violations: [] as string[], startedAt: 0 };

beforeAll(async () => {
  for (const cluster of own) await removeMadeByFlow(cluster);
  product = await startProduct(own.map(({ name, flow }) => ({ region: name, connection: flow })));
  scene = { ...product, lastWords: () => product.worker.lastWords };
  tally.startedAt = performance.now();
}, limitMs);
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  for (const cluster of own) await removeMadeByFlow(cluster);
  const { startedAt, violations, ...counts } = tally;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(JSON.stringify({ goal: 'G3 and G22 on real clusters', ...counts, violations: violations.length, seed, seconds }));
}, limitMs);

/** Kills one of them at the next seeded moment, whenever it is called after that, and starts it again. */
function killer(random: () => number): () => Promise<void> {
  const nextMoment = (): number => performance.now() + random() * longestLifeMs;
  let at = nextMoment();
  const choose = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];
  return async () => {
    const { worker } = product;
    if (tally.kills >= killsWanted || worker.readyAt === null || performance.now() < at) return;
    const victim = choose(victims) ?? 'worker';
    const region = choose(own)?.name ?? '';
    if (victim === 'worker') {
      await worker.end('SIGKILL');
      worker.start();
    } else {
      await kill(region, victim);
      await startAgain(region, victim);
    }
    tally.kills += 1;
    tally.of[victim] = (tally.of[victim] ?? 0) + 1;
    at = nextMoment();
  };
}

test.runIf(own.length === 2)(
  `${killsWanted} kills of the worker, of controllers and of API servers change nothing of how deployments end`,
  { timeout: limitMs },
  async () => {
    product.worker.start();
    await isReady(product.worker, 'the worker');
    const goesOn = (): boolean => tally.kills < killsWanted;
    const meanwhile = killer(seededNumbers(seed));
    const ended = await carryThrough(scene, { servicesCount, goesOn, meanwhile, withinMs: limitMs - 60_000 });
    Object.assign(tally, ended);
    expect(tally.violations).toEqual([]);
    expect(tally.kills).toBe(killsWanted);
  },
);
