import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { clusterEnvironment } from '../env.ts';
import { ClusterRefused } from '../refused.ts';

export interface Command {
  program: string;
  args: readonly string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** How far it steps back for other work, 0 to 19. */
  niceness?: number;
  timeoutMs?: number;
}

const keptTailChars = 4000;

/** Runs a program to its end and gives what it printed. Refuses with the end of its output when it fails or takes longer than `timeoutMs` (a minute). */
export async function run(command: Command): Promise<string> {
  const { status, out, err } = await runToEnd(command);
  if (status === 0) return out;
  const tail = `${out}${err}`.slice(-keptTailChars).trim();
  throw new ClusterRefused(`${command.program} ${command.args.join(' ')} failed (${status ?? 'killed'}):\n${tail}`);
}

/** Like `run`, for a program whose failure is an answer. */
export async function runToEnd(command: Command): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: { ...clusterEnvironment().childEnv, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: command.timeoutMs ?? 60_000,
  });
  if (command.niceness !== undefined && child.pid !== undefined) setPriority(child.pid, command.niceness);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: null, out, err: `${err}${error.message}` }));
    child.once('close', (status) => resolve({ status, out, err }));
  });
}
