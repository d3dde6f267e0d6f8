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

/** What a plan has of something that is limited. */
export interface Measured {
  limitName: keyof PlanLimits;
  /** As people read them. */
  value: string;
  limit: string;
  isKept: boolean;
}

/** With the sentence for a limit that is crossed. */
interface Finding extends Omit<Measured, 'limitName'> {
  sentence: string;
}
/** Null where the guardrail does not limit it. */
type Check = (subject: PlanSubject, limits: PlanLimits) => Finding | null;

/** Every violation of every enforced or shadowed limit given, in the order of the guardrails and of the limits below. */
export function checkPlan(subject: PlanSubject, guardrails: readonly Guardrail[]): readonly Violation[] {
  return guardrails.flatMap((guardrail) =>
    limitsOf(guardrail.plan).flatMap((limitName) => {
      const found = checks[limitName](subject, guardrail.plan);
      if (found === null || found.isKept) return [];
      const { id: guardrailId, title: guardrailTitle, owner } = guardrail;
      const { value, limit } = found;
      const sentence = `${found.sentence} (${guardrailTitle} of ${owner.name})`;
      return [{ guardrailId, guardrailTitle, owner: owner.name, limitName, value, limit, sentence, mendable: mendable.has(limitName) }];
    }),
  );
}

/** What the plan has of everything that the guardrail limits, kept or not. */
export function measurePlan(subject: PlanSubject, guardrail: Pick<Guardrail, 'plan'>): readonly Measured[] {
  return limitsOf(guardrail.plan).flatMap((limitName) => {
    const found = checks[limitName](subject, guardrail.plan);
    return found === null ? [] : [{ limitName, value: found.value, limit: found.limit, isKept: found.isKept }];
  });
}

const checks = {
  canaryRequired: ({ plan }, { canaryRequired }) =>
    needed(canaryRequired, hasCanary(plan.strategy.steps), {
      words: ['a canary', 'no canary'],
      sentence: 'The new version would take all traffic at once; a canary is required',
    }),
  firstStepMaxPercent: ({ plan }, { firstStepMaxPercent: max }) =>
    atMost(
      'The first step serves',
      weightsOf(plan.strategy.steps).find((weight) => weight > 0),
      { max, unit: '%' },
    ),
  stepMaxPercent: ({ plan }, { stepMaxPercent: max }) =>
    atMost('One step adds', Math.max(0, ...risesOf(plan.strategy.steps)), { max, unit: '%' }),
  stepSoakMinSeconds: ({ plan }, { stepSoakMinSeconds: min }) =>
    atLeast('A step is watched for', shortestSoakOf(plan.strategy.steps), { min, unit: ' s' }),
  bakeTimeMinSeconds: ({ plan }, { bakeTimeMinSeconds: min }) =>
    plan.waves.length > 1 ? atLeast('A wave is watched for', plan.bakeTimeSeconds, { min, unit: ' s' }) : null,
  analysisRequired: ({ plan }, { analysisRequired }) =>
    needed(analysisRequired, plan.strategy.analysis !== null, {
      words: ['an analysis', 'no analysis'],
      sentence: 'Nothing measures the canary; an analysis is required',
    }),
  replicasMin: ({ workload }, { replicasMin: min }) => atLeast('It runs with', workload?.replicas, { min, unit: ' replicas' }),
  disruptionBudgetMin: ({ workload }, { disruptionBudgetMin: min }) =>
    atLeast('Its disruption budget keeps up', workload === null ? null : (workload.disruptionBudget ?? 0), { min, unit: ' pods' }),
  resourcesRequired: ({ workload }, { resourcesRequired }) =>
    needed(resourcesRequired, workload?.hasResources ?? null, {
      words: ['set', 'not set'],
      sentence: 'Not every container says what processor and memory it needs',
    }),
  imageByDigest: (subject, { imageByDigest }) =>
    needed(imageByDigest, subject.imageByDigest, {
      words: ['by digest', 'by tag'],
      sentence: 'An image is named by a tag, which can change; name it by its digest',
    }),
  chartSources: ({ chart }, { chartSources }) => checkChart(chart, chartSources),
  regionsAtOnceMax: ({ plan }, { regionsAtOnceMax: max }) =>
    atMost('One wave goes to', Math.max(...plan.waves.map(({ targets }) => new Set(targets.map(({ region }) => region)).size)), {
      max,
      unit: ' regions',
    }),
  fleetAtOnceMaxPercent: ({ plan, fleetSize }, { fleetAtOnceMaxPercent: max }) => checkFleet(plan, fleetSize, max),
} satisfies Record<keyof PlanLimits, Check>;

// The keys of `checks` are exactly those of its type: it is a literal that satisfies it.
const limitNames = Object.keys(checks) as readonly (keyof PlanLimits)[];

function limitsOf(limits: PlanLimits): readonly (keyof PlanLimits)[] {
  return limitNames.filter((limitName) => limits[limitName] !== undefined);
}

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

const unknown = 'not known yet';

/** Something that must be there; null while it is not known whether it is. */
function needed(
  isRequired: boolean | undefined,
  isThere: boolean | null,
  { words: [there, missing], sentence }: { words: readonly [string, string]; sentence: string },
): Finding | null {
  if (isRequired !== true) return null;
  return { value: isThere === null ? unknown : isThere ? there : missing, limit: there, isKept: isThere !== false, sentence };
}

function atMost(words: string, value: number | undefined, { max, unit }: { max: number | undefined; unit: string }): Finding | null {
  if (max === undefined) return null;
  if (value === undefined) return { value: 'none', limit: `${max}${unit}`, isKept: true, sentence: '' };
  const sentence = `${words} ${value}${unit}; at most ${max}${unit} is allowed`;
  return { value: `${value}${unit}`, limit: `${max}${unit}`, isKept: value <= max, sentence };
}

function atLeast(
  words: string,
  value: number | null | undefined,
  { min, unit }: { min: number | undefined; unit: string },
): Finding | null {
  if (min === undefined) return null;
  if (value === undefined || value === null) return { value: unknown, limit: `${min}${unit}`, isKept: true, sentence: '' };
  const sentence = `${words} ${value}${unit}; at least ${min}${unit} is required`;
  return { value: `${value}${unit}`, limit: `${min}${unit}`, isKept: value >= min, sentence };
}

function checkChart(chart: PlanSubject['chart'], sources: readonly string[] | undefined): Finding | null {
  const source = chart.kind === 'flow' ? 'flow' : chart.source;
  if (sources === undefined) return null;
  return {
    value: source,
    limit: sources.join(', '),
    isKept: sources.some((allowed) => isUnder(source, allowed)),
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
  if (max === undefined) return null;
  const most = Math.max(...plan.waves.map(({ targets }) => targets.length));
  const share = Math.round((most / Math.max(1, fleetSize)) * 100);
  const sentence = `One wave changes ${share}% of the fleet; at most ${max}% is allowed`;
  return { value: `${share}%`, limit: `${max}%`, isKept: most <= targetsAtOnce(fleetSize, max), sentence };
}
