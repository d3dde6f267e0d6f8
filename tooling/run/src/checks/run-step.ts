import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Step } from './steps.ts';

/** How one check ended. */
export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly elapsedMs: number;
  /** Everything that it printed, in order. */
  readonly output: string;
}

/**
 * Runs one check from the root of the repository with the workspace's own tools and no telemetry.
 * A program that cannot be started is a failed check.
 */
export async function runStep(root: string, step: Step): Promise<Outcome> {
  const startedMs = performance.now();
  const [program, ...args] = step.command;
  const child = spawn(program, args, { cwd: root, env: environment(root), stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const problem = await once(child, 'close').then(
    () => '',
    (error: unknown) => `${program} could not be started: ${String(error)}\n`,
  );
  const output = Buffer.concat(chunks).toString('utf8') + problem;
  return { name: step.name, ok: problem === '' && child.exitCode === 0, elapsedMs: performance.now() - startedMs, output };
}

function environment(root: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [path.join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(path.delimiter),
    NEXT_TELEMETRY_DISABLED: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_UI: 'false',
    DO_NOT_TRACK: '1',
    CHECKPOINT_DISABLE: '1',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  };
}
