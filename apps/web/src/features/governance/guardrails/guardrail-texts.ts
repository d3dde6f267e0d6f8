import { z } from 'zod';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import { splitList } from '../policy/scope.ts';

/** Limits that are a number, each with what it limits. An empty field is no limit. */
export const planNumbers = [
  { name: 'firstStepMaxPercent', label: 'First step at most', unit: 'percent' },
  { name: 'stepMaxPercent', label: 'Rise from step to step at most', unit: 'percent' },
  { name: 'stepSoakMinSeconds', label: 'Pause after each step at least', unit: 'seconds' },
  { name: 'bakeTimeMinSeconds', label: 'Observation between waves at least', unit: 'seconds' },
  { name: 'replicasMin', label: 'Replicas at least', unit: 'pods' },
  { name: 'disruptionBudgetMin', label: 'Pods that the disruption budget keeps up', unit: 'pods' },
  { name: 'regionsAtOnceMax', label: 'Regions in one wave at most', unit: 'regions' },
  { name: 'fleetAtOnceMaxPercent', label: 'Share of all targets in one wave at most', unit: 'percent' },
] as const;

/** Limits that are asked for or not. */
export const planSwitches = [
  { name: 'canaryRequired', label: 'A canary is required' },
  { name: 'analysisRequired', label: 'The canary is analysed' },
  { name: 'resourcesRequired', label: 'Containers say what they need (resources)' },
  { name: 'imageByDigest', label: 'Images are named by digest (Flow always does)' },
] as const;

type PlanName = (typeof planNumbers)[number]['name'] | (typeof planSwitches)[number]['name'] | 'chartSources';

/** The fields of the form of a guardrail, named after the paths that the server objects to. */
export type GuardrailField =
  | HeadField
  | `document.plan.${PlanName}`
  | `document.run.${'failedRegionsMax' | 'durationMaxSeconds'}.${'count' | 'consequence'}`;

const limit = z.object({ count: z.number(), consequence: z.string() }).optional().catch(undefined);
const guardrailPart = z
  .object({ plan: z.record(z.string(), z.unknown()).catch({}), run: z.record(z.string(), z.unknown()).catch({}) })
  .catch({ plan: {}, run: {} });

/** What the form of a guardrail begins with. */
export function toGuardrailTexts(policy: PolicyDetail | null): Record<GuardrailField, string> {
  const { plan, run } = guardrailPart.parse(policy?.document ?? {});
  const text = (name: PlanName): string => planText(plan[name]);
  const failed = limit.parse(run['failedRegionsMax']);
  const duration = limit.parse(run['durationMaxSeconds']);
  return {
    ...headTexts(policy),
    'document.plan.firstStepMaxPercent': text('firstStepMaxPercent'),
    'document.plan.stepMaxPercent': text('stepMaxPercent'),
    'document.plan.stepSoakMinSeconds': text('stepSoakMinSeconds'),
    'document.plan.bakeTimeMinSeconds': text('bakeTimeMinSeconds'),
    'document.plan.replicasMin': text('replicasMin'),
    'document.plan.disruptionBudgetMin': text('disruptionBudgetMin'),
    'document.plan.regionsAtOnceMax': text('regionsAtOnceMax'),
    'document.plan.fleetAtOnceMaxPercent': text('fleetAtOnceMaxPercent'),
    'document.plan.canaryRequired': text('canaryRequired'),
    'document.plan.analysisRequired': text('analysisRequired'),
    'document.plan.resourcesRequired': text('resourcesRequired'),
    'document.plan.imageByDigest': text('imageByDigest'),
    'document.plan.chartSources': text('chartSources'),
    'document.run.failedRegionsMax.count': failed === undefined ? '' : String(failed.count),
    'document.run.failedRegionsMax.consequence': failed?.consequence ?? 'hold',
    'document.run.durationMaxSeconds.count': duration === undefined ? '' : String(duration.count),
    'document.run.durationMaxSeconds.consequence': duration?.consequence ?? 'hold',
  };
}

function planText(value: unknown): string {
  if (value === true) return 'yes';
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.map(String).join(', ') : '';
}

/** The document that the form says. What it has no field for stays as it was. */
export function toGuardrailDocument(texts: Readonly<Record<GuardrailField, string>>, before: PolicyDetail | null): PolicyDocument {
  const { run } = guardrailPart.parse(before?.document ?? {});
  const metrics = z.array(z.json()).catch([]).parse(run['metrics']);
  const sources = splitList(texts['document.plan.chartSources']);
  return {
    ...headDocument(texts),
    plan: {
      ...Object.fromEntries(
        planNumbers.flatMap(({ name }) => {
          const text = texts[`document.plan.${name}`].trim();
          return text === '' ? [] : [[name, numberOf(text)] as const];
        }),
      ),
      ...Object.fromEntries(planSwitches.flatMap(({ name }) => (texts[`document.plan.${name}`] === 'yes' ? [[name, true] as const] : []))),
      ...(sources.length === 0 ? {} : { chartSources: sources }),
    },
    run: { metrics, ...runLimit(texts, 'failedRegionsMax'), ...runLimit(texts, 'durationMaxSeconds') },
  };
}

function runLimit(
  texts: Readonly<Record<GuardrailField, string>>,
  name: 'failedRegionsMax' | 'durationMaxSeconds',
): Record<string, { count: number | string; consequence: string }> {
  const count = texts[`document.run.${name}.count`].trim();
  return count === '' ? {} : { [name]: { count: numberOf(count), consequence: texts[`document.run.${name}.consequence`] } };
}

/** What is no number is sent as it is: the server says what is wrong with it. */
function numberOf(text: string): number | string {
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/** How many limits a guardrail has, for a list. */
export function countLimits(document: unknown): number {
  const { plan, run } = guardrailPart.parse(document);
  const metrics = z.array(z.unknown()).catch([]).parse(run['metrics']);
  return (
    Object.values(plan).filter((value) => value !== false).length +
    Object.keys(run).filter((name) => name !== 'metrics').length +
    metrics.length
  );
}
