import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { FlowError } from '@flow/core/fault';
import { buildPrograms } from './build/build-programs.ts';
import { reset } from './down.ts';
import { machinePrograms } from './machine/requirements.ts';
import { flowKubeconfigPath } from './places.ts';
import { ClusterRefused } from './refused.ts';
import { up } from './up.ts';

// Keeps real clusters for a run of tests, as a process of its own: builds what is missing beside other work, starts the clusters when it is told `up`, and
// deletes them when its input ends, however the run ended. It says each step as a line of JSON: `said`, `built`, `up`, or `refused` with a sentence.

/** Behind everything else that the machine has to do, until the clusters are what it has to do. */
const buildPriority = constants.priority.PRIORITY_LOW;

type Told = { said: string } | { built: true } | { up: true } | { refused: string };

/** There as long as this process is: whoever waits for its end looks at it. */
const keeperMark = resolve(import.meta.dirname, '../../../.flow/test-cluster-keeper');
/** Clusters of this checkout that somebody uses are used too, and stay. */
const wereThere = existsSync(flowKubeconfigPath);
let starting: Promise<void> | undefined;
let isEnding = false;

mkdirSync(dirname(keeperMark), { recursive: true });
writeFileSync(keeperMark, String(process.pid));

const tell = (told: Told): void => {
  // Whoever listened may be gone.
  process.stdout.write(`${JSON.stringify(told)}\n`, () => undefined);
};
const say = (said: string): void => tell({ said });

process.stdout.on('error', () => undefined);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end());
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (line === 'up') starting ??= unlessRefused(startClusters);
});
input.on('close', () => void end());

await unlessRefused(async () => {
  setPriority(buildPriority);
  const { go } = await machinePrograms(say);
  await buildPrograms(go, say);
  tell({ built: true });
});

async function startClusters(): Promise<void> {
  setPriority(constants.priority.PRIORITY_NORMAL);
  await up({ count: 2, say });
  tell({ up: true });
}

async function unlessRefused(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ClusterRefused || error instanceof FlowError)) throw error;
    tell({ refused: error.message });
  }
}

/** Takes everything away that it made, and whatever it still builds with it: that runs in the group of this process. */
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await starting?.catch(() => undefined);
  if (starting !== undefined && !wereThere) await reset(say).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  rmSync(keeperMark, { force: true });
  process.kill(-process.pid, 'SIGKILL');
}
