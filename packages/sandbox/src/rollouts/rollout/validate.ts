import { formatSelector, matchesSelector } from '../../workloads/index.ts';
import { composeRun } from '../analysis/templates.ts';
import { parsePauseDuration } from '../model/duration.ts';
import type { RolloutSnapshot } from '../model/snapshot.ts';
import { checkResources } from '../model/resources.ts';
import type { CanaryStep, RolloutAnalysis, RolloutSpec } from '../model/spec.ts';
import { stepsOf } from '../model/steps.ts';
import { resolveArguments } from '../analysis/rollout-arguments.ts';

/**
 * Why the Rollout cannot be acted on, as `path: reason`; undefined when it can. Covers what can only be known in the cluster
 * (Services and templates that must exist) and what the schema cannot say.
 */
export function findInvalidSpec(snapshot: RolloutSnapshot): string | undefined {
  const { spec } = snapshot;
  const checks = [checkShape, checkResources, checkSteps, checkSurge, checkBlueGreen];
  for (const check of checks) {
    const found = check(spec);
    if (found !== undefined) return found;
  }
  return checkServices(snapshot) ?? checkAnalyses(snapshot);
}

function checkShape(spec: RolloutSpec): string | undefined {
  const { strategy, selector, template } = spec;
  if (!strategy?.canary && !strategy?.blueGreen)
    return "spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'";
  if (strategy.canary && strategy.blueGreen) return 'spec.strategy: Multiple Strategies can not be listed';
  return checkSelector(selector, template);
}

function checkSelector(selector: RolloutSpec['selector'], template: RolloutSpec['template']): string | undefined {
  if (!template) return "spec.template: Required value: Rollout has missing field '.spec.template'";
  if (!selector || formatSelector(selector) === '') {
    return 'spec.selector: Required value: This rollout is selecting all pods. A non-empty selector is required.';
  }
  if (!matchesSelector(template.metadata?.labels ?? {}, selector))
    return 'spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`';
  return undefined;
}

function checkSteps(spec: RolloutSpec): string | undefined {
  for (const [index, step] of stepsOf(spec).entries()) {
    const path = `spec.strategy.canary.steps[${index}]`;
    if (kindsOf(step) !== 1)
      return `${path}: Invalid value: Step must have one of the following set: experiment, setWeight, pause or analysis`;
    if (typeof step.setWeight === 'number' && (step.setWeight < 0 || step.setWeight > 100)) {
      return `${path}.setWeight: Invalid value: ${step.setWeight}: SetWeight needs to be between 0 and 100`;
    }
    const duration = step.pause?.duration;
    if (duration !== undefined && duration !== null && !((parsePauseDuration(duration) ?? -1) >= 0)) {
      return `${path}.pause.duration: Invalid value: ${duration}: Duration needs to be greater than 0`;
    }
  }
  return undefined;
}

function kindsOf(step: CanaryStep): number {
  const isSet = (value: unknown): boolean => value !== undefined && value !== null;
  return [step.setWeight, step.pause, step.analysis, step.experiment].filter(isSet).length;
}

function checkSurge(spec: RolloutSpec): string | undefined {
  const canary = spec.strategy?.canary;
  const isZero = (value: unknown): boolean => value === 0 || value === '0' || value === '0%';
  if (canary && isZero(canary.maxSurge) && isZero(canary.maxUnavailable)) {
    return 'spec.strategy.canary.maxSurge: Invalid value: MaxSurge and MaxUnavailable both can not be zero';
  }
  return undefined;
}

function checkBlueGreen(spec: RolloutSpec): string | undefined {
  const blueGreen = spec.strategy?.blueGreen;
  if (blueGreen && blueGreen.activeService === blueGreen.previewService) {
    return 'spec.strategy.blueGreen.activeService: Invalid value: This rollout uses the same service for the active and preview services, but two different services are required.';
  }
  return undefined;
}

function checkServices({ spec, services, rollout }: RolloutSnapshot): string | undefined {
  const { canary, blueGreen } = spec.strategy ?? {};
  const named = {
    'canary.canaryService': canary?.canaryService,
    'canary.stableService': canary?.stableService,
    'blueGreen.activeService': blueGreen?.activeService,
    'blueGreen.previewService': blueGreen?.previewService,
  };
  for (const [path, name] of Object.entries(named)) {
    if (!name) continue;
    const service = services.get(name);
    if (service === undefined) return `spec.strategy.${path}: Invalid value: "${name}": service "${name}" not found`;
    if (service.managedBy !== undefined && service.managedBy !== rollout.metadata.name) {
      return `spec.strategy.${path}: Invalid value: "${name}": Service "${name}" is managed by another Rollout`;
    }
  }
  return undefined;
}

function checkAnalyses({ spec, templates, rollout }: RolloutSnapshot): string | undefined {
  const { canary, blueGreen } = spec.strategy ?? {};
  const all: [string, RolloutAnalysis | null | undefined][] = [
    ['canary.analysis', canary?.analysis],
    ['blueGreen.prePromotionAnalysis', blueGreen?.prePromotionAnalysis],
    ['blueGreen.postPromotionAnalysis', blueGreen?.postPromotionAnalysis],
    ...stepsOf(spec).map((step, index): [string, RolloutAnalysis | null | undefined] => [`canary.steps[${index}].analysis`, step.analysis]),
  ];
  for (const [path, analysis] of all) {
    if (!analysis || (analysis.templates ?? []).length === 0) continue;
    const args = resolveArguments(analysis.args ?? [], { rollout, latestHash: 'latest', stableHash: 'stable' });
    const composed = composeRun(analysis.templates ?? [], templates, { args });
    if (!composed.ok) return `spec.strategy.${path}.templates: Invalid value: ${composed.message}`;
  }
  return undefined;
}
