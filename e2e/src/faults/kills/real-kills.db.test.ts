import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { carryThrough } from './carry-through.ts';
import { isReady } from './program.ts';
import { startProduct } from './product.ts';
import type { Product } from './product.ts';
import { startSandboxes } from './sandboxes.ts';
import type { Sandboxes } from './sandboxes.ts';
import type { Scene } from './workload.ts';

// The product's own worker, Postgres and two clusters as processes, the real helm, real time. The worker is killed at seeded moments while it
// carries out one deployment after the other; in between, each cluster and Postgres fall over too.
const { seed, kills: killsWanted } = faultSettings();
const limitMs = 30 * 60_000;
const longestLifeMs = 2_500;
/** Deployments that move at the same time. */
const servicesCount = 5;
/** After this many kills, for each of the wanted: the cluster of the first region, Postgres, the cluster of the second. */
const otherFaults = [0.25, 0.5, 0.75] as const;

let sandboxes: Sandboxes;
let product: Product;
let scene: Scene;
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
  sandboxes = await startSandboxes();
  product = await startProduct(sandboxes.all);
  scene = { ...product, lastWords: () => product.worker.lastWords };
}, limitMs);
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
  const { startedAt, violations, ...counts } = tally;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(JSON.stringify({ goal: 'G3', ...counts, violations: violations.length, seed, seconds }));
});

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
  const program = sandboxes.all[index]?.program;
  await program?.end(signal);
  program?.start();
  tally.sandboxRestarts += 1;
}

test(
  `${killsWanted} kills of the worker, and falls of both clusters and of Postgres, change nothing of how deployments end`,
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
