import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { addService } from '../ground.ts';
import { seededNumbers } from '../seeded.ts';
import { isReady } from './program.ts';
import { startProduct } from './product.ts';
import type { Product } from './product.ts';
import { startSandboxes } from './sandboxes.ts';
import type { Sandboxes } from './sandboxes.ts';
import { ask, carryOn, cleanEnds, countCures, nothingHeld, versions, violationsOf } from './workload.ts';
import type { Moving, Scene } from './workload.ts';

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
    const { tools, ground, worker } = product;
    const withinMs = limitMs - 60_000;
    worker.start();
    await isReady(worker, 'the worker');
    const clean = await cleanEnds(scene, withinMs);
    expect(clean.get('promote')?.deployment.state).toBe('succeeded');
    expect(clean.get('rollBack')?.deployment.state).toBe('rolledBack');

    const moving: Moving[] = [];
    for (let index = 0; index < servicesCount; index += 1)
      moving.push(await ask(scene, await addService(tools, ground, { slug: `service-${index}`, versions }), 1));
    const meanwhile = killer(seededNumbers(seed));
    const ended = await carryOn(scene, moving, { goesOn: () => tally.kills < killsWanted, meanwhile, withinMs });

    tally.deployments = ended.length;
    tally.cures = await countCures(scene, ended);
    tally.violations.push(...(await violationsOf(scene, ended, clean)));
    expect(tally.violations).toEqual([]);
    expect(tally.kills).toBe(killsWanted);
    await nothingHeld(scene);
  },
);
