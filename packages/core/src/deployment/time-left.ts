import type { Plan } from './plan.ts';
import type { DeploymentState, TargetState } from './state.ts';

/** The part of a deployment that its time depends on. */
export interface TimedDeployment {
  state: DeploymentState;
  plan: Plan;
  currentWave: number;
  waveFinishedAt: Date | null;
  targets: readonly { wave: number; state: TargetState; startedAt: Date | null }[];
}

/**
 * When a deployment that moves will probably have arrived, in a world in which every region takes as long as usual and nobody is waited for; null when it does not move
 * forward, or when nothing is known. A region that takes longer already is expected to be ready at any moment.
 */
export function probableEndAt(deployment: TimedDeployment, usualRegionMs: number | null, now: Date): Date | null {
  if (usualRegionMs === null || (deployment.state !== 'deploying' && deployment.state !== 'baking')) return null;
  const { plan, currentWave } = deployment;
  const bakeMs = plan.bakeTimeSeconds * 1_000;
  const waveMs = (regionCount: number): number =>
    Math.ceil(regionCount / (plan.progression.regionsAtOnce ?? Math.max(1, regionCount))) * usualRegionMs;
  const later = plan.waves.slice(currentWave + 1).map(({ targets }) => bakeMs + waveMs(targets.length));
  const leftMs = later.reduce((total, ms) => total + ms, currentWaveMs(deployment, { usualRegionMs, waveMs, now }));
  return new Date(now.getTime() + leftMs);
}

interface Known {
  usualRegionMs: number;
  waveMs: (regionCount: number) => number;
  now: Date;
}

/** What is left of the current wave; of one that is over, what has passed of its observation already. */
function currentWaveMs({ targets, currentWave, waveFinishedAt, plan }: TimedDeployment, { usualRegionMs, waveMs, now }: Known): number {
  if (waveFinishedAt !== null) return -Math.min(now.getTime() - waveFinishedAt.getTime(), plan.bakeTimeSeconds * 1_000);
  const here = targets.filter(({ wave }) => wave === currentWave);
  const moving = here.flatMap(({ state, startedAt }) => (isMoving(state) && startedAt !== null ? [startedAt] : []));
  const longest = Math.max(0, ...moving.map((startedAt) => usualRegionMs - (now.getTime() - startedAt.getTime())));
  return longest + waveMs(here.filter(({ state }) => state === 'pending').length);
}

function isMoving(state: TargetState): boolean {
  return state === 'applying' || state === 'progressing' || state === 'paused' || state === 'rollingBack';
}

/** How long a region usually takes, in milliseconds: the median; null without a sample. */
export function usualRegionMs(past: readonly { startedAt: Date; finishedAt: Date }[]): number | null {
  const sorted = past.map(({ startedAt, finishedAt }) => finishedAt.getTime() - startedAt.getTime()).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
