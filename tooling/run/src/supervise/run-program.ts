import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandOf } from './program.ts';
import type { Program } from './program.ts';
import { readLines } from './read-lines.ts';

/** A program that did not do what it was started for; the message carries the end of what it printed. */
class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
}

const linesKept = 40;

/** Runs a program to its end and gives the lines of its standard output. Throws `ProgramFailed` when it ends with anything but 0. */
export async function runProgram(
  program: Program,
  signal: AbortSignal,
  onLine: (line: string) => void = () => undefined,
): Promise<string[]> {
  signal.throwIfAborted();
  const { file, args } = commandOf(program);
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: { ...program.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  const printed: string[] = [];
  const all: string[] = [];
  const keep = (line: string): void => {
    all.push(line);
    onLine(line);
  };
  readLines(child.stdout, (line) => {
    printed.push(line);
    keep(line);
  });
  readLines(child.stderr, keep);
  await once(child, 'close');
  if (child.exitCode === 0) return printed;
  const how = child.signalCode ?? `code ${String(child.exitCode)}`;
  throw new ProgramFailed(`${program.name} failed (${how}):\n${all.slice(-linesKept).join('\n')}`);
}
