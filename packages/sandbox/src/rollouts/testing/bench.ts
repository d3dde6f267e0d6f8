import {
  createManualClock,
  createStore,
  type Controller,
  type KubeObject,
  type ManualClock,
  type NewObject,
  type SandboxContext,
  type WatchableStore,
} from '../../store/index.ts';
import { createWorkloadControllers } from '../../workloads/index.ts';
import { createRolloutControllers } from '../index.ts';

export const NAMESPACE = 'shop';

export interface Bench {
  ctx: SandboxContext;
  store: WatchableStore;
  clock: ManualClock;
  logs: string[];
  readonly get: (resource: string, name: string) => KubeObject;
  readonly status: (name?: string) => Record<string, unknown>;
  /** Names, sizes and hashes of the ReplicaSets, oldest revision first. */
  readonly sets: () => { hash: string; replicas: number; available: number; revision: number }[];
  runs(): KubeObject[];
  patchStatus(change: Record<string, unknown>, name?: string): Promise<void>;
  patchSpec(change: Record<string, unknown>, name?: string): Promise<void>;
  /** Ends the first pod that the test means. */
  endPod(isMeant: (pod: KubeObject) => boolean, phase: 'Succeeded' | 'Failed'): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export interface BenchOptions {
  controllers?: (ctx: SandboxContext) => Controller[];
  /** Pods whose image contains this text never become ready. */
  brokenImage?: string;
}

/** A cluster in memory with a kubelet that makes every pod ready at once, and time that stands still. */
export async function createBench(options: BenchOptions = {}): Promise<Bench> {
  const clock = createManualClock();
  const store = createStore({ clock });
  const logs: string[] = [];
  const ctx: SandboxContext = {
    store,
    clock,
    stateDir: '/nowhere',
    imageDir: '/nowhere',
    log: (message, fields) => logs.push(`${message} ${JSON.stringify(fields ?? {})}`),
  };
  startKubelet(ctx, options.brokenImage ?? 'broken');
  const make = (): Controller[] => options.controllers?.(ctx) ?? [...createWorkloadControllers(ctx), ...createRolloutControllers(ctx)];
  let controllers = make();
  for (const controller of controllers) controller.start();
  await clock.settle();
  const stop = async (): Promise<void> => {
    for (const controller of controllers) await controller.stop();
  };
  const get = (resource: string, name: string): KubeObject => {
    const found = store.get(resource, { namespace: NAMESPACE, name });
    if (found === undefined) throw new Error(`no ${resource} ${name}`);
    return found;
  };
  return {
    ctx,
    store,
    clock,
    logs,
    get,
    status: (name = 'api') => record(get('rollouts.argoproj.io', name)['status']),
    sets: () => replicaSets(store),
    runs: () => [...store.list('analysisruns.argoproj.io', NAMESPACE)],
    patchStatus: async (change, name = 'api') => {
      patch(store, { name, field: 'status', change });
      await clock.settle();
    },
    patchSpec: async (change, name = 'api') => {
      patch(store, { name, field: 'spec', change });
      await clock.settle();
    },
    endPod: async (isMeant, phase) => {
      const pod = store.list('pods', NAMESPACE).find(isMeant);
      if (pod === undefined) throw new Error('no such pod');
      store.modify(
        'pods',
        pod.metadata,
        (draft) => {
          draft['status'] = { phase };
        },
        { subresource: 'status' },
      );
      await clock.settle();
    },
    stop,
    restart: async () => {
      await stop();
      controllers = make();
      for (const controller of controllers) controller.start();
      await clock.settle();
    },
  };
}

function patch(store: WatchableStore, target: { name: string; field: 'status' | 'spec'; change: Record<string, unknown> }): void {
  store.modify(
    'rollouts.argoproj.io',
    { namespace: NAMESPACE, name: target.name },
    (draft) => {
      const merged = { ...record(draft[target.field]), ...target.change };
      draft[target.field] = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    },
    { subresource: target.field === 'status' ? 'status' : 'main' },
  );
}

function replicaSets(store: WatchableStore): ReturnType<Bench['sets']> {
  return store
    .list('replicasets.apps', NAMESPACE)
    .map((set) => ({
      hash: set.metadata.labels?.['rollouts-pod-template-hash'] ?? '',
      replicas: Number(record(set['spec'])['replicas']),
      available: Number(record(set['status'])['availableReplicas'] ?? 0),
      revision: Number(set.metadata.annotations?.['rollout.argoproj.io/revision'] ?? 0),
    }))
    .toSorted((a, b) => a.revision - b.revision);
}

function startKubelet(ctx: SandboxContext, brokenImage: string): void {
  ctx.store.watch('pods', (event) => {
    if (event.type !== 'ADDED' || JSON.stringify(event.object['spec']).includes(brokenImage)) return;
    ctx.store.modify(
      'pods',
      event.object.metadata,
      (draft) => {
        const at = ctx.clock.now().toISOString();
        draft['status'] = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }] };
      },
      { subresource: 'status' },
    );
  });
}

/** The value as an object; empty when it is none. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

export interface RolloutParts {
  image?: string;
  replicas?: number;
  strategy?: Record<string, unknown>;
  spec?: Record<string, unknown>;
}

/** A Rollout named `api`; only what matters to the test has to be said. */
export function aRollout(parts: RolloutParts = {}): NewObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'api', namespace: NAMESPACE },
    spec: {
      replicas: parts.replicas ?? 4,
      selector: { matchLabels: { app: 'api' } },
      template: aTemplate(parts.image ?? 'v1'),
      strategy: parts.strategy ?? {
        canary: { steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '30s' } }] },
      },
      ...parts.spec,
    },
  };
}

/** The pod template of one version. */
export function aTemplate(image: string): Record<string, unknown> {
  return { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'api', image }] } };
}

/** A Service that selects the Rollout's pods. */
export function aService(name: string): NewObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: { selector: { app: 'api' }, ports: [{ port: 80 }] },
  };
}

/** A template with one web metric that asks for the error rate of the pods under test. */
export function aTemplateOfErrorRate(metric: Record<string, unknown> = {}): NewObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'errors', namespace: NAMESPACE },
    spec: {
      args: [{ name: 'service' }, { name: 'hash' }],
      metrics: [
        {
          name: 'error-rate',
          interval: '10s',
          count: 3,
          failureLimit: 0,
          successCondition: 'result <= 0.05',
          provider: {
            web: {
              url: 'http://metrics.sandbox/traffic?namespace=shop&service={{args.service}}&hash={{args.hash}}',
              jsonPath: '{$.errorRate}',
            },
          },
          ...metric,
        },
      ],
    },
  };
}
