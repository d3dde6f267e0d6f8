import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readLines } from '../supervise/read-lines.ts';

export interface Command {
  program: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface CommandResult {
  isOk: boolean;
  lines: readonly string[];
}

/** Runs a command to its end without input, and shows what it prints as it comes. */
export async function runCommand({ program, args, cwd, env }: Command): Promise<CommandResult> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    process.stdout.write(`${line}\n`);
  };
  readLines(child.stdout, keep);
  readLines(child.stderr, keep);
  try {
    await once(child, 'close');
  } catch (error) {
    keep(`${program} could not be started: ${String(error)}`);
    return { isOk: false, lines };
  }
  return { isOk: child.exitCode === 0, lines };
}
