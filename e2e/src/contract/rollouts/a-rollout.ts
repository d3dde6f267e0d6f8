import { kinds, kubeObject, type KubeObject, type ResourceKind } from '@flow/delivery/cluster';
import { textAt, valueAt } from '@flow/delivery/json';
import type { Engine } from '../engine/engine.ts';

const services: ResourceKind = kinds.services;
const experiments: ResourceKind = { ...kinds.rollouts, plural: 'experiments', kind: 'Experiment' };

/** The pod template of one version. */
function templateOf(name: string, version: string) {
  return {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image: `registry.invalid/${name}:${version}` }] },
  };
}

/** What a Rollout of the suite differs in. */
export interface RolloutParts {
  strategy: Record<string, unknown>;
  replicas?: number;
  more?: Record<string, unknown>;
}

/** Makes a Rollout of version `v1` under its controller. */
export async function makeRollout(engine: Engine, name: string, { strategy, replicas = 4, more = {} }: RolloutParts): Promise<void> {
  const made = await engine.client.create(
    { kind: kinds.rollouts, namespace: engine.namespace },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name },
      spec: { replicas, selector: { matchLabels: { app: name } }, template: templateOf(name, 'v1'), strategy, ...more },
    },
  );
  if (!made.ok) throw new Error(made.detail);
}

/** Makes a Service that selects the pods of a Rollout. */
export async function makeService(engine: Engine, name: string, app: string): Promise<void> {
  const spec = { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] };
  const made = await engine.client.create(
    { kind: services, namespace: engine.namespace },
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
  );
  if (!made.ok) throw new Error(made.detail);
}

/** Makes a template with one metric. */
export async function makeAnalysisTemplate(engine: Engine, name: string, metric: Record<string, unknown>): Promise<void> {
  const made = await engine.client.create(
    { kind: kinds.analysisTemplates, namespace: engine.namespace },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name },
      spec: { metrics: [{ name: 'error-rate', ...metric }] },
    },
  );
  if (!made.ok) throw new Error(made.detail);
}

/** Changes the spec of a Rollout, as helm does it. */
export async function changeSpec(engine: Engine, name: string, spec: Record<string, unknown>): Promise<void> {
  const changed = await engine.client.patch({ kind: kinds.rollouts, namespace: engine.namespace, name }, { type: 'merge', body: { spec } });
  if (!changed.ok) throw new Error(changed.detail);
}

/** Gives a Rollout another version. */
export async function release(engine: Engine, name: string, version: string): Promise<void> {
  await changeSpec(engine, name, { template: templateOf(name, version) });
}

/**
 * The pod template hash that a Service selects; empty when it selects pods of all. A controller may tell of a state before it has changed the
 * Services: wait for what is expected.
 */
export async function selectedBy(engine: Engine, service: string): Promise<string> {
  const found = await engine.admin.get({ kind: services, namespace: engine.namespace, name: service });
  return found.ok ? textAt(found.value, 'spec', 'selector', 'rollouts-pod-template-hash') : '';
}

/** The objects of a kind that a Rollout made. */
export async function madeBy(engine: Engine, name: string, of: 'replicaSets' | 'analysisRuns' | 'experiments'): Promise<KubeObject[]> {
  const kind = of === 'experiments' ? experiments : kinds[of];
  const found: KubeObject[] = [];
  for await (const page of engine.admin.list({ kind, namespace: engine.namespace }))
    found.push(...page.items.map((item) => kubeObject.parse(item)));
  return found.filter((object) => object.metadata.name.startsWith(`${name}-`));
}

/** How many pods each version has, by version. */
export async function podsByVersion(engine: Engine, name: string): Promise<Record<string, unknown>> {
  const sets = await madeBy(engine, name, 'replicaSets');
  return Object.fromEntries(
    sets.map((set) => [
      textAt(set, 'spec', 'template', 'spec', 'containers', 0, 'image').split(':')[1] ?? '',
      valueAt(set, 'spec', 'replicas'),
    ]),
  );
}
