import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeArguments } from './program.ts';
import type { Program, ProgramLine, ReadyFacts } from './program.ts';
import { jsonObject, readLines } from './read-lines.ts';

/** A program under supervision. */
export interface Supervised {
  readonly name: string;
  /** Settles once: when the program was ready for the first time, or rejects when it ended before that. */
  readonly ready: Promise<ReadyFacts>;
  /** Process id of the present try, or undefined between two. */
  pid(): number | undefined;
  /** Ends the present try, and starts the next one without a wait. */
  restart(): void;
  /** Ends it for good: SIGTERM, and SIGKILL when it is still there after `graceMs`. */
  stop(): Promise<void>;
  /** Ends it for good without asking. */
  kill(): void;
}

export interface SuperviseOptions {
  onLine: (line: ProgramLine) => void;
  /** Told about each start, crash and end, in words. */
  onNotice: (line: ProgramLine) => void;
  /** Wait before the first restart; it doubles up to `restartMaxMs`. */
  restartFirstMs?: number;
  restartMaxMs?: number;
  /** A program that lived this long is well again: the next crash waits the shortest time. */
  healthyAfterMs?: number;
  graceMs?: number;
  /** Tries on when the program fails before it was ever ready, for someone who is about to mend its source. */
  isPatient?: boolean;
}

const defaults = { restartFirstMs: 500, restartMaxMs: 30_000, healthyAfterMs: 60_000, graceMs: 10_000, isPatient: false };

/** Runs a program in a process group of its own and starts it again when it crashes. A program that fails before it was ever ready is not tried again. */
export function supervise(program: Program, given: SuperviseOptions): Supervised {
  const options = { ...defaults, ...given };
  const stopping = new AbortController();
  const readiness = Promise.withResolvers<ReadyFacts>();
  // Who asks for readiness sees the failure; without anyone asking it must not end the supervisor.
  readiness.promise.catch(() => undefined);
  let present: ChildProcess | undefined;
  let waiting: AbortController | undefined;
  let isRestarting = false;

  const ended = keepRunning();
  return {
    name: program.name,
    ready: readiness.promise,
    pid: () => present?.pid,
    kill: () => {
      stopping.abort();
      if (present !== undefined) killGroup(present);
    },
    restart: () => {
      isRestarting = true;
      waiting?.abort();
      if (present !== undefined) void endChild(present, options.graceMs);
    },
    stop: async () => {
      stopping.abort();
      if (present !== undefined) await endChild(present, options.graceMs);
      await ended;
    },
  };

  async function keepRunning(): Promise<void> {
    let waitMs = options.restartFirstMs;
    let wasReady = false;
    while (!stopping.signal.aborted) {
      const startedMs = performance.now();
      isRestarting = false;
      const run = runOnce(program, options, stopping.signal);
      present = run.child;
      void run.ready.then((facts) => {
        wasReady = true;
        readiness.resolve(facts);
      });
      const how = await run.ended;
      present = undefined;
      if (stopping.signal.aborted) break;
      if (!wasReady && !options.isPatient) return readiness.reject(new Error(`${program.name} did not start: ${how}`));
      if (performance.now() - startedMs > options.healthyAfterMs) waitMs = options.restartFirstMs;
      if (!isRestarting) await waitBefore(how, waitMs);
      waitMs = Math.min(waitMs * 2, options.restartMaxMs);
    }
    readiness.reject(new Error(`${program.name} was ended before it was ready`));
  }

  async function waitBefore(how: string, waitMs: number): Promise<void> {
    options.onNotice({ program: program.name, text: `${how}; it starts again in ${(waitMs / 1000).toFixed(1)} s` });
    waiting = new AbortController();
    await delay(waitMs, undefined, { signal: AbortSignal.any([stopping.signal, waiting.signal]) }).catch(() => undefined);
    waiting = undefined;
  }
}

interface Run {
  child: ChildProcess;
  /** Never settles when the program ends first. */
  ready: Promise<ReadyFacts>;
  /** How it ended, in words. */
  ended: Promise<string>;
}

function runOnce(program: Program, options: SuperviseOptions, stopping: AbortSignal): Run {
  const child = spawn(process.execPath, nodeArguments(program), {
    cwd: program.cwd,
    env: { ...program.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // The pipe to a program that just ended is broken; its end is told by 'exit'.
  child.stdin.on('error', () => undefined);
  const over = new AbortController();
  const readiness = Promise.withResolvers<ReadyFacts>();
  readLines(child.stdout, (line) => {
    const facts = jsonObject(line);
    if (facts?.['ready'] !== true) return options.onLine({ program: program.name, text: line });
    const confirmed = program.confirmReady?.(AbortSignal.any([over.signal, stopping])) ?? Promise.resolve();
    confirmed.then(
      () => readiness.resolve(facts),
      (error: unknown) => options.onNotice({ program: program.name, text: `is not ready: ${String(error)}` }),
    );
  });
  readLines(child.stderr, (line) => options.onLine({ program: program.name, text: line }));
  return { child, ready: readiness.promise, ended: howItEnds(child).finally(() => over.abort()) };
}

async function howItEnds(child: ChildProcess): Promise<string> {
  try {
    await once(child, 'exit');
  } catch (error) {
    return String(error);
  }
  // What it left behind in its group ends with it.
  killGroup(child);
  return child.signalCode === null ? `it ended with code ${String(child.exitCode)}` : `it was ended by ${child.signalCode}`;
}

async function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const late = new AbortController();
  const force = delay(graceMs, undefined, { signal: late.signal }).then(
    () => killGroup(child),
    () => undefined,
  );
  await exit;
  late.abort();
  await force;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended by itself.
  }
}
