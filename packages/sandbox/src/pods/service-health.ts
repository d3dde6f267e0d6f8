import type { Clock } from '../store/index.ts';
import type { Probe } from './model/pod-view.ts';
import { probeOnce } from './process/probe.ts';

/** How often a starting process is asked at most, whatever its period is. */
const STARTING_PERIOD_MS = 200;
const PLAIN_PERIOD_MS = 10_000;

export interface HealthOptions {
  port: number;
  /** Absent: ready as soon as the port accepts a connection, and from then on. */
  readiness: Probe | undefined;
  /** Absent: never killed for being ill. */
  liveness: Probe | undefined;
  onReady: (isReady: boolean) => void;
  onDead: () => void;
}

/** Asks a process again and again whether it is ready and alive, until it is stopped. */
export interface Health {
  stop(): void;
}

/** Starts to ask. The periods and thresholds are the probes' own, counted on the given clock. */
export function createHealth(clock: Clock, options: HealthOptions): Health {
  const stops = [watchReadiness(clock, options), watchLiveness(clock, options)];
  return {
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function watchReadiness(clock: Clock, { port, readiness, onReady }: HealthOptions): () => void {
  let isReady = false;
  let inRow = 0;
  const periodMs = readiness === undefined ? PLAIN_PERIOD_MS : readiness.periodSeconds * 1000;
  return repeat(clock, (readiness?.initialDelaySeconds ?? 0) * 1000, async () => {
    const isWell = await probeOnce(readiness, port);
    inRow = isWell === isReady ? 0 : inRow + 1;
    const needed = isWell ? (readiness?.successThreshold ?? 1) : (readiness?.failureThreshold ?? Number.POSITIVE_INFINITY);
    if (inRow >= needed) {
      isReady = isWell;
      inRow = 0;
      return { nextMs: periodMs, effect: () => onReady(isReady) };
    }
    return { nextMs: isReady ? periodMs : Math.min(periodMs, STARTING_PERIOD_MS) };
  });
}

function watchLiveness(clock: Clock, { port, liveness, onDead }: HealthOptions): () => void {
  if (liveness === undefined) return () => undefined;
  let failures = 0;
  return repeat(clock, (liveness.initialDelaySeconds || liveness.periodSeconds) * 1000, async () => {
    failures = (await probeOnce(liveness, port)) ? 0 : failures + 1;
    const nextMs = liveness.periodSeconds * 1000;
    return failures < liveness.failureThreshold ? { nextMs } : { nextMs, effect: onDead };
  });
}

/** Runs the task, waits as long as it says, and again; what it wants done is done only while nobody has stopped it. */
function repeat(clock: Clock, firstMs: number, task: () => Promise<{ nextMs: number; effect?: () => void }>): () => void {
  let isStopped = false;
  let cancel = clock.after(firstMs, run);
  function run(): void {
    void task().then(({ nextMs, effect }) => {
      if (isStopped) return;
      effect?.();
      cancel = clock.after(nextMs, run);
    });
  }
  return () => {
    isStopped = true;
    cancel();
  };
}
