import type { Plan, PlannedTarget, Strategy } from '../deployment/index.ts';
import type { CanaryStep } from '../rollout/index.ts';
import { hasCanary, leadOf, soakOf, stretchesOf, tailOf } from './canary-steps.ts';
import type { Stretch } from './canary-steps.ts';
import { checkPlan, targetsAtOnce } from './check-plan.ts';
import type { PlanSubject } from './check-plan.ts';
import type { Guardrail, PlanLimits, Violation } from './guardrail.ts';

export interface NearestPlan {
  plan: Plan;
  /** What was changed, one sentence each; empty when the plan passed already. */
  changes: readonly string[];
  /** How much longer it takes at least: pauses and bake times, in seconds. */
  addedSeconds: number;
  /** Violations that no plan can mend: they lie in the chart or the artifact. */
  remaining: readonly Violation[];
}

/** Steps that the schema of a plan allows. */
const maxSteps = 50;
/** How long an added step is watched when no guardrail says. */
const usualSoakSeconds = 60;
/** An added analysis is held to these until its owner chooses others. */
export const usualAnalysis = {
  maxErrorRatePercent: 1,
  maxP95Ms: 1_000,
  intervalSeconds: 30,
  failureLimit: 1,
} as const satisfies Strategy['analysis'];

/**
 * The plan with the smallest edits that keeps every limit of the guardrails which a plan can keep. The author's own steps and the order of
 * targets stay: steps are put between them, pauses are made longer, waves are split. A plan that passes is given back as it is.
 */
export function nearestPlan(subject: PlanSubject, guardrails: readonly Guardrail[]): NearestPlan {
  const violations = checkPlan(subject, guardrails);
  const remaining = violations.filter(({ mendable }) => !mendable);
  if (remaining.length === violations.length) return { plan: subject.plan, changes: [], addedSeconds: 0, remaining };
  const limits = strictest(guardrails);
  const { plan } = subject;
  const waves = plan.waves.flatMap(({ targets }) => splitWave(targets, subject.fleetSize, limits));
  const bakeTimeSeconds = waves.length > 1 ? Math.max(plan.bakeTimeSeconds, limits.bakeTimeMinSeconds ?? 0) : plan.bakeTimeSeconds;
  const strategy = {
    steps: mendSteps(plan.strategy.steps, limits),
    analysis: plan.strategy.analysis ?? (limits.analysisRequired === true ? usualAnalysis : null),
  };
  const mended = { ...plan, waves, bakeTimeSeconds, strategy };
  return { plan: mended, changes: describe(plan, mended), addedSeconds: Math.max(0, leastSeconds(mended) - leastSeconds(plan)), remaining };
}

/** All limits that a plan can keep as one: of each the hardest. */
function strictest(guardrails: readonly Guardrail[]): PlanLimits {
  const least = (name: 'firstStepMaxPercent' | 'stepMaxPercent' | 'regionsAtOnceMax' | 'fleetAtOnceMaxPercent'): number =>
    Math.min(Infinity, ...guardrails.flatMap(({ plan }) => plan[name] ?? []));
  const most = (name: 'stepSoakMinSeconds' | 'bakeTimeMinSeconds'): number =>
    Math.max(0, ...guardrails.flatMap(({ plan }) => plan[name] ?? []));
  return {
    canaryRequired: guardrails.some(({ plan }) => plan.canaryRequired === true),
    analysisRequired: guardrails.some(({ plan }) => plan.analysisRequired === true),
    firstStepMaxPercent: least('firstStepMaxPercent'),
    stepMaxPercent: least('stepMaxPercent'),
    regionsAtOnceMax: least('regionsAtOnceMax'),
    fleetAtOnceMaxPercent: least('fleetAtOnceMaxPercent'),
    stepSoakMinSeconds: most('stepSoakMinSeconds'),
    bakeTimeMinSeconds: most('bakeTimeMinSeconds'),
  };
}

/** Cuts a wave where the next target would be one region or one target too many; the order stays. */
function splitWave(targets: readonly PlannedTarget[], fleetSize: number, limits: PlanLimits): Plan['waves'] {
  const { regionsAtOnceMax = Infinity, fleetAtOnceMaxPercent = Infinity } = limits;
  const most = fleetAtOnceMaxPercent === Infinity ? Infinity : targetsAtOnce(fleetSize, fleetAtOnceMaxPercent);
  const waves: { targets: PlannedTarget[] }[] = [];
  for (const target of targets) {
    const last = waves.at(-1);
    const regions = new Set([...(last?.targets ?? []), target].map(({ region }) => region));
    if (last === undefined || regions.size > regionsAtOnceMax || last.targets.length >= most) waves.push({ targets: [target] });
    else last.targets.push(target);
  }
  return waves;
}

function mendSteps(steps: readonly CanaryStep[], limits: PlanLimits): CanaryStep[] {
  const hasOne = hasCanary(steps);
  if (!hasOne && limits.canaryRequired !== true) return [...steps];
  const first = Math.floor(Math.min(limits.firstStepMaxPercent ?? Infinity, limits.stepMaxPercent ?? Infinity, 100));
  const given = stretchesOf(steps);
  const own = hasOne ? given : [{ weight: Math.min(first, 20), rest: given.flatMap(({ rest }) => rest) }];
  const mended = [...leadOf(steps), ...toSteps(own, limits, first), ...tailOf(steps)];
  // So many steps of its own that the needed ones do not fit between: only the needed ones are kept.
  return mended.length <= maxSteps ? mended : toSteps([{ weight: Math.min(first, 20), rest: [] }], limits, first);
}

function toSteps(stretches: readonly Stretch[], limits: PlanLimits, first: number): CanaryStep[] {
  const rise = Math.floor(limits.stepMaxPercent ?? Infinity);
  const soak = limits.stepSoakMinSeconds ?? 0;
  const mended: CanaryStep[] = [];
  let [weight, begun] = [0, false];
  const climbTo = (goal: number): void => {
    for (let most = begun ? rise : Math.min(rise, first); goal - weight > most; most = rise) {
      weight += most;
      begun = true;
      mended.push({ kind: 'weight', percent: weight }, { kind: 'pause', durationSeconds: Math.max(soak, usualSoakSeconds) });
    }
  };
  for (const stretch of stretches) {
    climbTo(stretch.weight);
    weight = stretch.weight;
    begun ||= weight > 0;
    mended.push({ kind: 'weight', percent: weight }, ...(weight > 0 ? soaked(stretch.rest, soak) : stretch.rest));
  }
  climbTo(100);
  return mended;
}

/** Lengthens the last pause to the soak time, or adds one. */
function soaked(rest: readonly CanaryStep[], soak: number): readonly CanaryStep[] {
  const missing = soak - soakOf(rest);
  if (missing <= 0) return rest;
  const last = rest.findLastIndex((step) => step.kind === 'pause');
  if (last < 0) return [{ kind: 'pause', durationSeconds: missing }, ...rest];
  return rest.map((step, index) =>
    index === last && step.kind === 'pause' ? { kind: 'pause', durationSeconds: (step.durationSeconds ?? 0) + missing } : step,
  );
}

function describe(before: Plan, after: Plan): readonly string[] {
  const shown = ({ steps }: Strategy): string =>
    steps
      .map((step) => (step.kind === 'weight' ? `${step.percent}%` : step.kind === 'pause' ? pauseText(step.durationSeconds) : 'analysis'))
      .join(', ');
  const changes: string[] = [];
  if (shown(before.strategy) !== shown(after.strategy))
    changes.push(`Steps: ${shown(after.strategy)} (were: ${shown(before.strategy) || 'none'})`);
  if (before.strategy.analysis === null && after.strategy.analysis !== null)
    changes.push(
      `An analysis stops it above ${after.strategy.analysis.maxErrorRatePercent}% errors or ${after.strategy.analysis.maxP95Ms} ms`,
    );
  if (after.waves.length !== before.waves.length) changes.push(`${after.waves.length} waves instead of ${before.waves.length}`);
  if (after.bakeTimeSeconds !== before.bakeTimeSeconds)
    changes.push(`${after.bakeTimeSeconds} s between waves instead of ${before.bakeTimeSeconds} s`);
  return changes;
}

function pauseText(seconds: number | undefined): string {
  return seconds === undefined ? 'wait for a person' : `${seconds} s`;
}

/** The time that a plan takes at least: every pause with a duration in every wave, and the bake times between waves. */
export function leastSeconds({ waves, bakeTimeSeconds, strategy }: Plan): number {
  const pauses = strategy.steps.reduce((total, step) => (step.kind === 'pause' ? total + (step.durationSeconds ?? 0) : total), 0);
  return waves.length * pauses + (waves.length - 1) * bakeTimeSeconds;
}
