import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../stack/programs.ts';
import { jsonObject, readLines } from '../supervise/read-lines.ts';

/** Real clusters for this run, or why there are none. */
export type Kept = { ok: true } | { ok: false; why: string };

/** What keeps real clusters for a run: it ends with this process, however that ends, and leaves nothing behind. */
export interface ClusterKeeper extends AsyncDisposable {
  /** Waits for the programs, at most until then, and starts the clusters. */
  start(untilMs: number): Promise<Kept>;
}

const told = z.union([
  z.strictObject({ said: z.string() }),
  z.strictObject({ built: z.literal(true) }),
  z.strictObject({ up: z.literal(true) }),
  z.strictObject({ refused: z.string() }),
]);
type Step = 'built' | 'up';

const keeperFile = join(root, 'e2e/src/cluster/keeper.ts');
const startsWithinMs = 5 * 60_000;

/** Has it begin to build what is missing, behind everything else that the machine has to do. `file` is its program. */
export function openClusterKeeper(env: NodeJS.ProcessEnv, file = keeperFile): ClusterKeeper {
  // A group of its own: a signal to the group of the run leaves it the time to take everything away.
  const child = spawn(process.execPath, [file], { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const steps = { built: Promise.withResolvers<Kept>(), up: Promise.withResolvers<Kept>() } as const satisfies Record<Step, unknown>;
  const refuse = (why: string): void => {
    for (const step of Object.values(steps)) step.resolve({ ok: false, why });
  };
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => refuse(`the keeper of the clusters cannot be started: ${error.message}`));
  child.once('exit', () => refuse('the keeper of the clusters has ended'));
  readLines(child.stdout, (line) => {
    const read = told.safeParse(jsonObject(line));
    if (!read.success) return;
    if ('said' in read.data) process.stdout.write(`clusters: ${read.data.said}\n`);
    else if ('refused' in read.data) refuse(read.data.refused);
    else steps['built' in read.data ? 'built' : 'up'].resolve({ ok: true });
  });
  const within = async (step: Step, limit: { untilMs: number; why: string }): Promise<Kept> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Kept>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, why: limit.why }), Math.max(0, limit.untilMs - Date.now()));
    });
    return Promise.race([steps[step].promise, late]).finally(() => clearTimeout(timer));
  };
  return {
    async start(untilMs) {
      const built = await within('built', { untilMs, why: 'their programs were not built in time: the next run goes on from there' });
      if (!built.ok) return built;
      child.stdin.write('up\n');
      return within('up', { untilMs: Date.now() + startsWithinMs, why: 'they were not up in time' });
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}
