import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { clusterEnvironment } from '../env.ts';
import { eventually } from './eventually.ts';

/** Which process it is: a number alone may belong to another one by now, or be from before a restart of the machine. */
const processRecord = z.strictObject({ pid: z.number().int().positive(), startTicks: z.string().min(1), bootId: z.string().min(1) });
type ProcessRecord = z.infer<typeof processRecord>;

export interface ProgramStart {
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  logPath: string;
  /** Where its identity is kept. */
  recordPath: string;
}

/** Starts a program that outlives this process, and records which one it is. */
export function startProgram(start: ProgramStart): void {
  mkdirSync(dirname(start.logPath), { recursive: true });
  mkdirSync(dirname(start.recordPath), { recursive: true });
  const log = openSync(start.logPath, 'a', 0o600);
  const child = spawn(start.program, start.args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...clusterEnvironment().childEnv, ...start.env },
  });
  closeSync(log);
  // A program that cannot be started shows itself by having no process; the caller reports it with its log.
  child.once('error', () => undefined);
  child.unref();
  if (child.pid === undefined) return;
  const record: ProcessRecord = { pid: child.pid, startTicks: startTicksOf(child.pid), bootId: bootId() };
  if (record.startTicks !== '') writeFileSync(start.recordPath, JSON.stringify(record), { mode: 0o600 });
}

/** The process of a record while it runs, else null. */
export function runningProcess(recordPath: string): number | null {
  if (!existsSync(recordPath)) return null;
  const read = processRecord.safeParse(JSON.parse(readFileSync(recordPath, 'utf8')));
  if (!read.success || read.data.bootId !== bootId()) return null;
  return startTicksOf(read.data.pid) === read.data.startTicks ? read.data.pid : null;
}

/** Ends the process of a record and waits until it is gone: by SIGTERM, and by SIGKILL after `graceMs`. */
export async function endProgram(recordPath: string, graceMs: number): Promise<void> {
  const pid = runningProcess(recordPath);
  if (pid !== null) {
    if (graceMs > 0) {
      signal(pid, 'SIGTERM');
      await gone(recordPath, graceMs);
    }
    if (runningProcess(recordPath) === pid) {
      signal(pid, 'SIGKILL');
      await gone(recordPath, 10_000);
    }
  }
  rmSync(recordPath, { force: true });
}

/** Kills one process by its number; it may be gone already. */
export function killProcess(pid: number): void {
  signal(pid, 'SIGKILL');
}

/** Processes whose command line has all of these words, with the command line of each. */
export function processesWith(words: readonly string[]): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }))
    .filter(({ pid, command }) => pid !== process.pid && words.every((word) => command.includes(word)));
}

/** Resident memory of a process in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  const kiB = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kiB ?? 0) * 1024;
}

async function gone(recordPath: string, withinMs: number): Promise<void> {
  await eventually(() => runningProcess(recordPath) === null, withinMs);
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in between.
  }
}

/** When a process began; empty when it is gone or only waits to be collected by its parent. */
function startTicksOf(pid: number): string {
  const line = read(`/proc/${pid}/stat`);
  // The name of the program, in brackets, may hold anything; the state is the first field after it, the start the 20th.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id').trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
