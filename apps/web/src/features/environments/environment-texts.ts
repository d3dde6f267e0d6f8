import type { RouterOutputs } from '@flow/api/client-types';
import { formatValues, parseValues } from '@flow/core/configuration';
import type { Progression, Strategy } from '@flow/core/deployment';
import { formatSteps, parseSteps } from '@flow/core/rollout';
import { progressionTexts, readProgression, usualProgressionTexts } from './progression-texts.ts';
import type { ProgressionTexts } from './progression-texts.ts';

type Environment = RouterOutputs['environment']['get'];

/** An environment as the texts of its form. */
export interface EnvironmentTexts extends ProgressionTexts {
  name: string;
  slug: string;
  kind: string;
  position: string;
  requiredApprovals: string;
  bakeTimeSeconds: string;
  /** Regions, a wave on each line. */
  waves: string;
  steps: string;
  maxErrorRatePercent: string;
  maxP95Ms: string;
  values: string;
}

export const emptyTexts: EnvironmentTexts = {
  ...usualProgressionTexts,
  name: '',
  slug: '',
  kind: 'staging',
  position: '1',
  requiredApprovals: '0',
  bakeTimeSeconds: '60',
  waves: '',
  steps: '20 %\nwait 5m\n50 %\nwait 5m',
  maxErrorRatePercent: '',
  maxP95Ms: '',
  values: '',
};

/** The texts of an environment as it is. */
export function textsOf(environment: Environment): EnvironmentTexts {
  const { analysis, steps } = environment.strategy;
  return {
    ...progressionTexts(environment.progression),
    name: environment.name,
    slug: environment.slug,
    kind: environment.kind,
    position: String(environment.position),
    requiredApprovals: String(environment.requiredApprovals),
    bakeTimeSeconds: String(environment.bakeTimeSeconds),
    waves: environment.waves.map((regions) => regions.join(', ')).join('\n'),
    steps: formatSteps(steps),
    maxErrorRatePercent: analysis === null ? '' : String(analysis.maxErrorRatePercent),
    maxP95Ms: analysis === null ? '' : String(analysis.maxP95Ms),
    values: formatValues(environment.values),
  };
}

export interface ReadEnvironment {
  name: string;
  position: number;
  requiredApprovals: number;
  bakeTimeSeconds: number;
  waves: string[][];
  strategy: Strategy;
  progression: Progression;
  values: Record<string, unknown>;
}

/** How canaries are measured where nothing else was said. */
const usualMeasuring: Measuring = { intervalSeconds: 10, failureLimit: 2 };
type Measuring = Pick<NonNullable<Strategy['analysis']>, 'intervalSeconds' | 'failureLimit'>;

/** What the texts say, or what is wrong with each of them. What the form does not show of the measurements stays as it was. */
export function readTexts(
  texts: EnvironmentTexts,
  before: Strategy['analysis'] = null,
): { ok: true; environment: ReadEnvironment } | { ok: false; faults: Partial<Record<keyof EnvironmentTexts, string>> } {
  const steps = parseSteps(texts.steps);
  const values = parseValues(texts.values);
  const analysis = readAnalysis(texts, before ?? usualMeasuring);
  const progression = readProgression(texts);
  if (!steps.ok || !values.ok || !progression.ok || analysis === undefined) {
    return {
      ok: false,
      faults: {
        ...(steps.ok ? {} : { steps: said(steps.faults) }),
        ...(values.ok ? {} : { values: said(values.faults) }),
        ...(progression.ok ? {} : progression.faults),
        ...(analysis === undefined ? { maxP95Ms: 'give both limits as numbers, or neither' } : {}),
      },
    };
  }
  return {
    ok: true,
    environment: {
      name: texts.name,
      position: Number(texts.position),
      requiredApprovals: Number(texts.requiredApprovals),
      bakeTimeSeconds: Number(texts.bakeTimeSeconds),
      waves: readWaves(texts.waves),
      strategy: { steps: steps.steps, analysis },
      progression: progression.progression,
      values: values.values,
    },
  };
}

function said(faults: readonly { path: string; message: string }[]): string {
  return faults.map((fault) => `${fault.path}: ${fault.message}`).join('. ');
}

function readWaves(text: string): string[][] {
  const lines = text.split('\n').map((line) => line.split(/[\s,]+/).filter((region) => region !== ''));
  return lines.filter((regions) => regions.length > 0);
}

/** Null for no limits; undefined when they cannot be read. */
function readAnalysis(
  { maxErrorRatePercent, maxP95Ms }: EnvironmentTexts,
  { intervalSeconds, failureLimit }: Measuring,
): Strategy['analysis'] | undefined {
  const [errors, latency] = [maxErrorRatePercent.trim(), maxP95Ms.trim()];
  if (errors === '' && latency === '') return null;
  const limits = { maxErrorRatePercent: Number(errors), maxP95Ms: Number(latency) };
  const isReadable = errors !== '' && latency !== '' && limits.maxErrorRatePercent >= 0 && limits.maxP95Ms > 0;
  return isReadable ? { ...limits, intervalSeconds, failureLimit } : undefined;
}
