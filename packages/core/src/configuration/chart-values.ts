import type { Strategy } from '../deployment/index.ts';
import type { CanaryStep } from '../rollout/index.ts';
import { layerValues, type Values } from './layer-values.ts';

/** A canary step as Flow's service chart takes it in `rollout.steps`: an analysis names nothing, the chart fills in its own. */
export type ChartStep = { setWeight: number } | { pause: { duration?: string } } | { analysis: Record<string, never> };

export interface ChartMark {
  tenant: string;
  service: string;
  environment: string;
  /** Id of the deployment. */
  deployment: string;
}

/** Flow's canary steps in the form of the chart. */
export function chartSteps(steps: readonly CanaryStep[]): ChartStep[] {
  return steps.map((step) => {
    switch (step.kind) {
      case 'weight':
        return { setWeight: step.percent };
      case 'pause':
        return { pause: step.durationSeconds === undefined ? {} : { duration: `${step.durationSeconds}s` } };
      case 'analysis':
        return { analysis: {} };
    }
  });
}

/**
 * The full values of Flow's service chart for one target: the layers of people, lowest first, then what only Flow may say, which wins.
 * Where measurements are read (`analysis.address`, `.provider`, `.prometheus`) stays with the layers: it belongs to the place.
 */
export function flowChartValues(input: {
  layers: readonly Values[];
  mark: ChartMark;
  image: { repository: string; digest: string };
  strategy: Strategy;
}): Record<string, unknown> {
  const { mark, image, strategy } = input;
  const flow = { tenant: mark.tenant, service: mark.service, environment: mark.environment, deployment: mark.deployment };
  return layerValues(...input.layers, {
    flow,
    image: { repository: image.repository, digest: image.digest },
    ...strategyValues(strategy),
  });
}

function strategyValues(strategy: Strategy): Values {
  const analysis = strategy.analysis === null ? { enabled: false } : { enabled: true, ...strategy.analysis };
  return { rollout: { steps: chartSteps(strategy.steps) }, analysis };
}

/** The configuration that an earlier deployment had in one target, taken again: people's settings as they were then, the way it rolls out as it is now. */
export function repeatedValues(earlier: Values, strategy: Strategy): Record<string, unknown> {
  return layerValues(ownValues(earlier), strategyValues(strategy));
}

/** What a deployment that is asked for now would have in one target, but for what names its version: the layers of people, lowest first, and the way it rolls out. */
export function configuredValues(layers: readonly Values[], strategy: Strategy): Record<string, unknown> {
  return ownValues(layerValues(...layers, strategyValues(strategy)));
}

/** Values without what names the version and the deployment: that is another each time and says nothing of the configuration. */
export function ownValues({ flow: _flow, image: _image, ...own }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return own;
}
