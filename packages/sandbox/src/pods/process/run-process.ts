import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { LogFile } from '../log/log-file.ts';
import { endGroup } from './process-group.ts';

/** How long the output of a process that has ended may still be read, when something outside its group holds the pipe open. */
const DRAIN_MS = 2000;

export interface ProcessToRun {
  command: readonly [string, ...string[]];
  cwd: string;
  env: Readonly<Record<string, string>>;
  log: LogFile;
  /** Sees the standard output as it comes, beside the log. */
  onStdout?: (chunk: Buffer) => void;
}

/** How a process ended: its exit code (128 + signal number when a signal ended it), or why it never began. */
export type ProcessEnd = { exitCode: number } | { startError: string };

/** A process of a pod, in a process group of its own. */
export interface RunningProcess {
  /** Absent when it could not be started. */
  pid: number | undefined;
  /** Settles when the process has ended, its group is gone and its output is in the log. Never rejects. */
  ended: Promise<ProcessEnd>;
  /** SIGTERM to the group, SIGKILL after the grace time. Returns at once. */
  terminate(graceMs: number): void;
}

/** Starts a process with no standard input and its output in the log. */
export function runProcess(asked: ProcessToRun): RunningProcess {
  const [file, ...args] = asked.command;
  const child = spawn(file, args, { cwd: asked.cwd, env: { ...asked.env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  const onStdout = asked.onStdout;
  if (onStdout !== undefined) child.stdout.on('data', onStdout);
  const output = Promise.all([asked.log.take(child.stdout, 'stdout'), asked.log.take(child.stderr, 'stderr')]).catch(() => undefined);
  const ended = (async (): Promise<ProcessEnd> => {
    const end = await endOf(child, file);
    if (pid !== undefined) endGroup(pid, 'SIGKILL');
    await Promise.race([output, afterMs(DRAIN_MS)]);
    child.stdout.destroy();
    child.stderr.destroy();
    return end;
  })();
  return {
    pid,
    ended,
    terminate: (graceMs) => {
      if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      endGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => {
        endGroup(pid, 'SIGKILL');
      }, graceMs);
      void ended.then(() => {
        clearTimeout(timer);
      });
    },
  };
}

async function endOf(child: ReturnType<typeof spawn>, file: string): Promise<ProcessEnd> {
  try {
    await once(child, 'exit');
    if (child.exitCode !== null) return { exitCode: child.exitCode };
    const number = child.signalCode === null ? constants.signals.SIGKILL : constants.signals[child.signalCode];
    return { exitCode: 128 + number };
  } catch (error) {
    return { startError: `exec: "${file}": ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function afterMs(delayMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });
}
