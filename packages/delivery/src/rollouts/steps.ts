import { chartSteps, type ChartStep } from '@flow/core/configuration';
import type { CanaryStep, RolloutView } from '@flow/core/rollout';
import { isObject, numberAt, textAt } from '../json/index.ts';

/** Flow's canary steps as Argo steps, in the form that Flow's service chart takes (an analysis step names nothing: the chart fills in its own template). */
export function compileSteps(steps: readonly CanaryStep[]): ChartStep[] {
  return chartSteps(steps);
}

/** An Argo step in Flow's words; what Flow does not plan itself is kept by its name. */
export function readStep(step: unknown): RolloutView['steps'][number] {
  const weight = numberAt(step, 'setWeight');
  if (weight !== null) return { kind: 'weight', percent: Math.min(100, Math.max(0, Math.round(weight))) };
  if (isObject(step) && Object.hasOwn(step, 'pause')) {
    const seconds = durationSeconds(numberAt(step, 'pause', 'duration') ?? textAt(step, 'pause', 'duration'));
    return seconds === null ? { kind: 'pause' } : { kind: 'pause', durationSeconds: seconds };
  }
  if (isObject(step) && Object.hasOwn(step, 'analysis')) return { kind: 'analysis' };
  return { kind: 'other', name: isObject(step) ? (Object.keys(step)[0] ?? 'unknown') : 'unknown' };
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Whole seconds of a duration as Argo writes it: a number of seconds, or a Go duration such as `1h30m`. Null for none or zero. */
export function durationSeconds(duration: number | string): number | null {
  if (typeof duration === 'number') return duration > 0 ? Math.ceil(duration) : null;
  if (/^\d+$/.test(duration)) return durationSeconds(Number(duration));
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(duration)) return null;
  let seconds = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    seconds += Number(amount) * (unitSeconds[unit ?? ''] ?? 0);
  return seconds > 0 ? Math.ceil(seconds) : null;
}
