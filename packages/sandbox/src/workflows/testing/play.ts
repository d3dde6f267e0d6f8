import { OUTPUTS_ANNOTATION } from '../../pods/step-task.ts';
import type { KubeObject, NewObject } from '../../store/index.ts';
import { advance, type Advanced } from '../advance/advance.ts';
import type { NodeStatus } from '../status/status.ts';

/** How a pod of a played workflow ends. */
export interface Ending {
  exitCode?: number;
  outputs?: Record<string, string>;
  result?: string;
}

/** A Workflow object with this spec. */
export function aWorkflow(spec: Record<string, unknown>, name = 'wf'): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name,
      namespace: 'demo',
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec,
  };
}

/** A container template that runs a command. */
export function aContainer(name: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, container: { image: 'busybox', command: ['true'] }, ...rest };
}

/** A workflow played by hand: its pods end as the test says, time moves as the test says. */
export interface Play {
  readonly pods: Map<string, KubeObject>;
  readonly created: string[];
  /** Looks until nothing more happens now. */
  step(): Advanced;
  /** Names of the nodes whose pods have not ended. */
  open(): string[];
  /** Ends the pod of the node with this name. */
  end(nodeName: string, ending?: Ending): void;
  pass(seconds: number): void;
  /** Changes the stored workflow as a client would. */
  edit(change: (workflow: KubeObject) => void): void;
  node(name: string): NodeStatus;
  phase(): string;
  status(): Advanced['status'];
}

/** Plays a workflow without a cluster. */
export function play(workflow: KubeObject): Play {
  let now = new Date('2026-01-01T00:00:00Z');
  let current = structuredClone(workflow);
  let status: Advanced['status'] = {};
  const pods = new Map<string, KubeObject>();
  const created: string[] = [];
  const nodeNameOf = (pod: KubeObject): string => pod.metadata.annotations?.['workflows.argoproj.io/node-name'] ?? '';
  const accept = (pod: NewObject): void => {
    const object: KubeObject = {
      ...pod,
      metadata: {
        ...pod.metadata,
        name: pod.metadata.name ?? '',
        uid: `pod-${created.length}`,
        resourceVersion: '1',
        generation: 1,
        creationTimestamp: now.toISOString(),
      },
      status: { phase: 'Running' },
    };
    pods.set(object.metadata.name, object);
    created.push(nodeNameOf(object));
  };
  const look = (): Advanced => {
    const advanced = advance(current, pods, now);
    for (const pod of advanced.podsToCreate) accept(pod);
    for (const name of advanced.podsToTerminate) {
      const pod = pods.get(name);
      if (pod !== undefined)
        pod['status'] = {
          phase: 'Failed',
          containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 143, reason: 'Error' } } }],
        };
    }
    status = JSON.parse(JSON.stringify(advanced.status));
    current = { ...current, status };
    return advanced;
  };
  return {
    pods,
    created,
    step: () => {
      let advanced = look();
      for (let before = ''; before !== JSON.stringify(status); advanced = look()) before = JSON.stringify(status);
      return advanced;
    },
    open: () => [...pods.values()].filter((pod) => JSON.stringify(pod['status']).includes('Running')).map(nodeNameOf),
    end: (nodeName, ending = {}) => {
      const pod = [...pods.values()].find((one) => nodeNameOf(one) === nodeName);
      if (pod === undefined) throw new Error(`no pod of ${nodeName}: ${[...pods.values()].map(nodeNameOf).join(', ')}`);
      const exitCode = ending.exitCode ?? 0;
      const parameters = Object.entries(ending.outputs ?? {}).map(([name, value]) => ({ name, value }));
      pod.metadata.annotations = {
        ...pod.metadata.annotations,
        [OUTPUTS_ANNOTATION]: JSON.stringify({
          exitCode: String(exitCode),
          ...(ending.result === undefined ? {} : { result: ending.result }),
          parameters,
        }),
      };
      const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: now.toISOString() };
      pod['status'] = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [{ name: 'main', state: { terminated } }] };
    },
    pass: (seconds) => {
      now = new Date(now.getTime() + seconds * 1000);
    },
    edit: (change) => {
      const draft = structuredClone(current);
      change(draft);
      current = draft;
    },
    node: (name) => {
      const found = Object.values(status.nodes ?? {}).find((node) => node.name === name);
      if (found === undefined)
        throw new Error(
          `no node ${name}: ${Object.values(status.nodes ?? {})
            .map((node) => node.name)
            .join(', ')}`,
        );
      return found;
    },
    phase: () => status.phase ?? '',
    status: () => status,
  };
}
