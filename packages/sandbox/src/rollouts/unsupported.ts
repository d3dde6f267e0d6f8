import type { KubeObject } from '../store/index.ts';
import { parseCondition } from './analysis/condition/parse-condition.ts';
import { ConditionError } from './analysis/condition/expression.ts';
import { JsonPathError, readJsonPath } from './analysis/json-path.ts';

/** One field that the sandbox does not act on, with what to do instead. */
export interface Unsupported {
  path: string;
  message: string;
}

const NO_ROUTER = 'the sandbox has no traffic router: weights are made by pod counts, so leave it out';
const NO_METADATA = 'the sandbox does not change labels of running pods: put them into spec.template.metadata';

const IN_SPEC = { workloadRef: 'the sandbox does not take templates from other workloads: write spec.template' };
const IN_CANARY = {
  trafficRouting: NO_ROUTER,
  dynamicStableScale: NO_ROUTER,
  pingPong: NO_ROUTER,
  scaleDownDelaySeconds: NO_ROUTER,
  scaleDownDelayRevisionLimit: NO_ROUTER,
  abortScaleDownDelaySeconds: NO_ROUTER,
  minPodsPerReplicaSet: NO_ROUTER,
  replicaProgressThreshold: 'the sandbox goes on only when all pods asked for are available: leave it out',
  antiAffinity: 'the sandbox has one node: leave it out',
  canaryMetadata: NO_METADATA,
  stableMetadata: NO_METADATA,
};
const IN_BLUE_GREEN = {
  antiAffinity: IN_CANARY.antiAffinity,
  activeMetadata: NO_METADATA,
  previewMetadata: NO_METADATA,
};
const IN_STEP = {
  setCanaryScale: NO_ROUTER,
  setHeaderRoute: NO_ROUTER,
  setMirrorRoute: NO_ROUTER,
  plugin: 'the sandbox runs no plugins: use setWeight, pause, analysis or experiment',
};
const IN_EXPERIMENT = { scaleDownDelaySeconds: 'pods of an experiment in the sandbox end with it: leave it out' };
const IN_EXPERIMENT_TEMPLATE = {
  weight: NO_ROUTER,
  service: 'the sandbox makes no Service for an experiment: select its pods by their labels with a Service of your own',
};
const IN_RUN = { ttlStrategy: 'the sandbox keeps runs as long as their Rollout does: leave it out' };
const IN_WEB = { authentication: 'the sandbox sends no OAuth2 tokens: use spec.metrics[].provider.web.headers' };
const PROVIDERS = ['web', 'job'];

/** What the sandbox does not do of a Rollout. */
export function unsupportedInRollout(object: KubeObject): Unsupported[] {
  const spec = field(object, 'spec');
  const strategy = field(spec, 'strategy');
  const canary = field(strategy, 'canary');
  const steps = items(field(canary, 'steps'));
  return [
    ...present(spec, 'spec', IN_SPEC),
    ...present(canary, 'spec.strategy.canary', IN_CANARY),
    ...present(field(strategy, 'blueGreen'), 'spec.strategy.blueGreen', IN_BLUE_GREEN),
    ...steps.flatMap((step, index) => inStep(step, `spec.strategy.canary.steps[${index}]`)),
  ];
}

function inStep(step: unknown, path: string): Unsupported[] {
  const experiment = field(step, 'experiment');
  const templates = items(field(experiment, 'templates'));
  return [
    ...present(step, path, IN_STEP),
    ...present(experiment, `${path}.experiment`, IN_EXPERIMENT),
    ...templates.flatMap((template, index) => present(template, `${path}.experiment.templates[${index}]`, IN_EXPERIMENT_TEMPLATE)),
  ];
}

/** What the sandbox does not do of an AnalysisTemplate or a ClusterAnalysisTemplate. */
export function unsupportedInAnalysisTemplate(object: KubeObject): Unsupported[] {
  const spec = field(object, 'spec');
  return [
    ...inArguments(field(spec, 'args'), 'spec.args'),
    ...items(field(spec, 'metrics')).flatMap((metric, index) => inMetric(metric, `spec.metrics[${index}]`)),
  ];
}

/** What the sandbox does not do of an AnalysisRun. */
export function unsupportedInAnalysisRun(object: KubeObject): Unsupported[] {
  return [...present(field(object, 'spec'), 'spec', IN_RUN), ...unsupportedInAnalysisTemplate(object)];
}

/** What the sandbox does not do of an Experiment. */
export function unsupportedInExperiment(object: KubeObject): Unsupported[] {
  const spec = field(object, 'spec');
  const templates = items(field(spec, 'templates'));
  return [
    ...present(spec, 'spec', IN_EXPERIMENT),
    ...templates.flatMap((template, index) => present(template, `spec.templates[${index}]`, IN_EXPERIMENT_TEMPLATE)),
    ...items(field(spec, 'analyses')).flatMap((analysis, index) => inArguments(field(analysis, 'args'), `spec.analyses[${index}].args`)),
  ];
}

function inArguments(args: unknown, path: string): Unsupported[] {
  return items(args).flatMap((argument, index) =>
    present(field(argument, 'valueFrom'), `${path}[${index}].valueFrom`, {
      secretKeyRef: 'the sandbox does not read Secrets into arguments: give a value',
      fieldRef: 'only a Rollout knows its own fields: set the argument in its strategy',
      podTemplateHashValue: 'only a Rollout knows its pod hashes: set the argument in its strategy',
    }),
  );
}

function inMetric(metric: unknown, path: string): Unsupported[] {
  const provider = field(metric, 'provider');
  const others = Object.keys(asFields(provider)).filter((name) => !PROVIDERS.includes(name));
  const web = field(provider, 'web');
  return [
    ...others.map((name) => ({ path: `${path}.provider.${name}`, message: `the sandbox cannot ask ${name}: use a web or a job metric` })),
    ...present(web, `${path}.provider.web`, IN_WEB),
    ...inJsonPath(field(web, 'jsonPath'), `${path}.provider.web.jsonPath`),
    ...inCondition(field(metric, 'successCondition'), `${path}.successCondition`),
    ...inCondition(field(metric, 'failureCondition'), `${path}.failureCondition`),
  ];
}

/** Arguments stand for something that is only known later; a number is read in every place where one may stand. */
function withoutPlaceholders(text: string): string {
  return text.replaceAll(/\{\{[^}]*\}\}/g, '1');
}

function inJsonPath(jsonPath: unknown, path: string): Unsupported[] {
  if (typeof jsonPath !== 'string' || jsonPath === '') return [];
  try {
    readJsonPath(withoutPlaceholders(jsonPath));
    return [];
  } catch (error) {
    if (error instanceof JsonPathError) return [{ path, message: error.message }];
    throw error;
  }
}

function inCondition(condition: unknown, path: string): Unsupported[] {
  if (typeof condition !== 'string' || condition === '') return [];
  try {
    parseCondition(withoutPlaceholders(condition));
    return [];
  } catch (error) {
    if (error instanceof ConditionError) return [{ path, message: error.message }];
    throw error;
  }
}

function present(value: unknown, path: string, refused: Readonly<Record<string, string>>): Unsupported[] {
  const fields = asFields(value);
  return Object.entries(refused)
    .filter(([name]) => fields[name] !== undefined && fields[name] !== null)
    .map(([name, message]) => ({ path: `${path}.${name}`, message }));
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

function field(value: unknown, name: string): unknown {
  return asFields(value)[name];
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
