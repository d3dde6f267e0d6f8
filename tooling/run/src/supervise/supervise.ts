import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf } from './program.ts';
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

const linesKept = 15;
const defaults = { restartFirstMs: 500, restartMaxMs: 30_000, healthyAfterMs: 60_000, graceMs: 10_000, isPatient: false };

/** What the loop and those who ask something of it tell each other. */
interface Control {
  readonly stopping: AbortController;
  readonly readiness: PromiseWithResolvers<ReadyFacts>;
  /** Aborted when the present try is to be followed by the next one at once. */
  nudge: AbortController;
  present: ChildProcess | undefined;
  wasReady: boolean;
}

/** Runs a program in a process group of its own and starts it again when it crashes. A program that fails before it was ever ready is not tried again. */
export function supervise(program: Program, given: SuperviseOptions): Supervised {
  const options = { ...defaults, ...given };
  const control: Control = {
    stopping: new AbortController(),
    readiness: Promise.withResolvers(),
    nudge: new AbortController(),
    present: undefined,
    wasReady: false,
  };
  const { stopping, readiness } = control;
  // Who asks for readiness sees the failure; without anyone asking it must not end the supervisor.
  readiness.promise.catch(() => undefined);
  const ended = keepRunning(program, options, control);
  return {
    name: program.name,
    ready: readiness.promise,
    pid: () => control.present?.pid,
    kill: () => {
      stopping.abort();
      if (control.present !== undefined) killGroup(control.present);
    },
    restart: () => {
      control.nudge.abort();
      if (control.present !== undefined) void endChild(control.present, options.graceMs);
    },
    stop: async () => {
      stopping.abort();
      if (control.present !== undefined) await endChild(control.present, options.graceMs);
      await ended;
    },
  };
}

type Options = typeof defaults & SuperviseOptions;

async function keepRunning(program: Program, options: Options, control: Control): Promise<void> {
  const { stopping, readiness } = control;
  const isStopping = (): boolean => stopping.signal.aborted;
  let waitMs = options.restartFirstMs;
  while (!isStopping()) {
    const startedMs = performance.now();
    const nudge = new AbortController();
    const run = runOnce(program, options, stopping.signal);
    Object.assign(control, { nudge, present: run.child });
    void run.ready.then((facts) => {
      control.wasReady = true;
      readiness.resolve(facts);
    });
    const how = await run.ended;
    control.present = undefined;
    if (isStopping()) break;
    if (!control.wasReady && !options.isPatient)
      return readiness.reject(new Error([`${program.name} did not start: ${how}`, ...run.lastLines].join('\n')));
    if (performance.now() - startedMs > options.healthyAfterMs) waitMs = options.restartFirstMs;
    if (nudge.signal.aborted) continue;
    options.onNotice({ program: program.name, text: `${how}; it starts again in ${(waitMs / 1000).toFixed(1)} s` });
    await delay(waitMs, undefined, { signal: AbortSignal.any([stopping.signal, nudge.signal]) }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, options.restartMaxMs);
  }
  readiness.reject(new Error(`${program.name} was ended before it was ready`));
}

interface Run {
  child: ChildProcess;
  /** Never settles when the program ends first. */
  ready: Promise<ReadyFacts>;
  /** What it printed last. */
  lastLines: readonly string[];
  /** How it ended, in words. */
  ended: Promise<string>;
}

function runOnce(program: Program, options: SuperviseOptions, stopping: AbortSignal): Run {
  const { file, args } = commandOf(program);
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: { ...program.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // The pipe to a program that just ended is broken; its end is told by 'exit'.
  child.stdin.on('error', () => undefined);
  const over = new AbortController();
  const readiness = Promise.withResolvers<ReadyFacts>();
  const lastLines: string[] = [];
  const hear = (text: string): void => {
    if (lastLines.push(text) > linesKept) lastLines.shift();
    options.onLine({ program: program.name, text });
  };
  readLines(child.stdout, (line) => {
    const facts = jsonObject(line);
    if (facts?.['ready'] !== true) return hear(line);
    const confirmed = program.confirmReady?.(AbortSignal.any([over.signal, stopping])) ?? Promise.resolve();
    confirmed.then(
      () => readiness.resolve(facts),
      (error: unknown) => options.onNotice({ program: program.name, text: `is not ready: ${String(error)}` }),
    );
  });
  readLines(child.stderr, hear);
  return { child, ready: readiness.promise, lastLines, ended: howItEnds(child).finally(() => over.abort()) };
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
