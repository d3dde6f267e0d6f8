import type { Plan } from '../deployment/index.ts';
import { hasCanary, risesOf, shortestSoakOf, weightsOf } from './canary-steps.ts';
import type { Guardrail, PlanLimits, Violation } from './guardrail.ts';

/** What guardrails look at beside the plan: read off the rendered manifests of the targets. Null is not known yet. */
export interface PlanSubject {
  plan: Plan;
  /** How many targets the service has in all, over every environment of this kind. */
  fleetSize: number;
  /** The least over all targets; null while nothing is rendered. */
  workload: { replicas: number; disruptionBudget: number | null; hasResources: boolean } | null;
  imageByDigest: boolean;
  chart: { kind: 'flow' | 'repository'; source: string };
}

interface Finding {
  value: string;
  limit: string;
  sentence: string;
}
type Check = (subject: PlanSubject, limits: PlanLimits) => Finding | null;

/** Every violation of every enforced or shadowed limit given, in the order of the guardrails and of the limits below. */
export function checkPlan(subject: PlanSubject, guardrails: readonly Guardrail[]): readonly Violation[] {
  return guardrails.flatMap((guardrail) =>
    limitNames.flatMap((limitName) => {
      const found = checks[limitName](subject, guardrail.plan);
      if (found === null) return [];
      const { id: guardrailId, title: guardrailTitle, owner } = guardrail;
      const sentence = `${found.sentence} (${guardrailTitle} of ${owner.name})`;
      return [{ guardrailId, guardrailTitle, owner: owner.name, limitName, ...found, sentence, mendable: mendable.has(limitName) }];
    }),
  );
}

const checks = {
  canaryRequired: ({ plan }, { canaryRequired }) =>
    canaryRequired === true && !hasCanary(plan.strategy.steps)
      ? { value: 'no canary', limit: 'a canary', sentence: 'The new version would take all traffic at once; a canary is required' }
      : null,
  firstStepMaxPercent: ({ plan }, { firstStepMaxPercent: max }) =>
    tooMuch(
      'The first step serves',
      weightsOf(plan.strategy.steps).find((weight) => weight > 0),
      { max, unit: '%' },
    ),
  stepMaxPercent: ({ plan }, { stepMaxPercent: max }) =>
    tooMuch('One step adds', Math.max(0, ...risesOf(plan.strategy.steps)), { max, unit: '%' }),
  stepSoakMinSeconds: ({ plan }, { stepSoakMinSeconds: min }) =>
    tooLittle('A step is watched for', shortestSoakOf(plan.strategy.steps), { min, unit: ' s' }),
  bakeTimeMinSeconds: ({ plan }, { bakeTimeMinSeconds: min }) =>
    plan.waves.length > 1 ? tooLittle('A wave is watched for', plan.bakeTimeSeconds, { min, unit: ' s' }) : null,
  analysisRequired: ({ plan }, { analysisRequired }) =>
    analysisRequired === true && plan.strategy.analysis === null
      ? { value: 'no analysis', limit: 'an analysis', sentence: 'Nothing measures the canary; an analysis is required' }
      : null,
  replicasMin: ({ workload }, { replicasMin: min }) => tooLittle('It runs with', workload?.replicas, { min, unit: ' replicas' }),
  disruptionBudgetMin: ({ workload }, { disruptionBudgetMin: min }) =>
    workload === null ? null : tooLittle('Its disruption budget keeps up', workload.disruptionBudget ?? 0, { min, unit: ' pods' }),
  resourcesRequired: ({ workload }, { resourcesRequired }) =>
    resourcesRequired === true && workload?.hasResources === false
      ? { value: 'not set', limit: 'set', sentence: 'Not every container says what processor and memory it needs' }
      : null,
  imageByDigest: (subject, { imageByDigest }) =>
    imageByDigest === true && !subject.imageByDigest
      ? { value: 'by tag', limit: 'by digest', sentence: 'An image is named by a tag, which can change; name it by its digest' }
      : null,
  chartSources: ({ chart }, { chartSources }) => checkChart(chart, chartSources),
  regionsAtOnceMax: ({ plan }, { regionsAtOnceMax: max }) =>
    tooMuch('One wave goes to', Math.max(...plan.waves.map(({ targets }) => new Set(targets.map(({ region }) => region)).size)), {
      max,
      unit: ' regions',
    }),
  fleetAtOnceMaxPercent: ({ plan, fleetSize }, { fleetAtOnceMaxPercent: max }) => checkFleet(plan, fleetSize, max),
} satisfies Record<keyof PlanLimits, Check>;

// The keys of `checks` are exactly those of its type: it is a literal that satisfies it.
const limitNames = Object.keys(checks) as readonly (keyof PlanLimits)[];

const mendable: ReadonlySet<string> = new Set<keyof PlanLimits>([
  'canaryRequired',
  'firstStepMaxPercent',
  'stepMaxPercent',
  'stepSoakMinSeconds',
  'bakeTimeMinSeconds',
  'analysisRequired',
  'regionsAtOnceMax',
  'fleetAtOnceMaxPercent',
]);

function tooMuch(words: string, value: number | undefined, { max, unit }: { max: number | undefined; unit: string }): Finding | null {
  if (max === undefined || value === undefined || value <= max) return null;
  return { value: `${value}${unit}`, limit: `${max}${unit}`, sentence: `${words} ${value}${unit}; at most ${max}${unit} is allowed` };
}

function tooLittle(
  words: string,
  value: number | null | undefined,
  { min, unit }: { min: number | undefined; unit: string },
): Finding | null {
  if (min === undefined || value === undefined || value === null || value >= min) return null;
  return { value: `${value}${unit}`, limit: `${min}${unit}`, sentence: `${words} ${value}${unit}; at least ${min}${unit} is required` };
}

function checkChart(chart: PlanSubject['chart'], sources: readonly string[] | undefined): Finding | null {
  const source = chart.kind === 'flow' ? 'flow' : chart.source;
  if (sources === undefined || sources.some((allowed) => isUnder(source, allowed))) return null;
  return {
    value: source,
    limit: sources.join(', '),
    sentence: `The chart comes from ${source}; allowed are ${sources.join(', ') || 'none'}`,
  };
}

/** `https://charts.example/team` allows itself and what lies below it, not `https://charts.example/teamwork`. */
function isUnder(source: string, allowed: string): boolean {
  return source === allowed || source.startsWith(allowed.endsWith('/') ? allowed : `${allowed}/`);
}

/** How many targets one wave may have: the share of the fleet, and at least one, since less cannot be deployed. */
export function targetsAtOnce(fleetSize: number, maxPercent: number): number {
  return Math.max(1, Math.floor((fleetSize * maxPercent) / 100));
}

function checkFleet(plan: Plan, fleetSize: number, max: number | undefined): Finding | null {
  const most = Math.max(...plan.waves.map(({ targets }) => targets.length));
  if (max === undefined || most <= targetsAtOnce(fleetSize, max)) return null;
  const share = Math.round((most / Math.max(1, fleetSize)) * 100);
  return { value: `${share}%`, limit: `${max}%`, sentence: `One wave changes ${share}% of the fleet; at most ${max}% is allowed` };
}
