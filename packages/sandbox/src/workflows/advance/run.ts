import type { KubeObject, NewObject } from '../../store/index.ts';
import type { Parameter, Template, WorkflowSpec } from '../spec/schema.ts';
import type { NodeStatus, Outputs } from '../status/status.ts';

/** What one node of a workflow is asked to run. */
export interface Call {
  nodeName: string;
  templateName: string;
  arguments: readonly Parameter[] | undefined;
  /** The Steps or DAG node that this node belongs to; absent for the root and the exit handler. */
  boundaryId?: string;
  /** Part of the exit handler, which also runs under `Stop`. */
  isOnExit: boolean;
  nodeFlag?: { hooked?: boolean; retried?: boolean };
}

/** How a call went. Without a node it could not start yet; with an error its node, if there is one, is in phase Error. */
export interface Executed {
  node?: NodeStatus;
  error?: string;
}

/** One pass over one workflow: its own copy of the nodes, and what is to be done at the end. Nothing outside the pass is touched. */
export interface Run {
  readonly workflow: KubeObject;
  readonly name: string;
  readonly spec: WorkflowSpec;
  readonly templates: ReadonlyMap<string, Template>;
  readonly nodes: Map<string, NodeStatus>;
  readonly pods: ReadonlyMap<string, KubeObject>;
  readonly now: Date;
  /** What `{{workflow.…}}` stands for. */
  readonly globals: Map<string, string>;
  readonly shutdown: 'Stop' | 'Terminate' | undefined;
  readonly deadline: Date | undefined;
  readonly podsToCreate: NewObject[];
  readonly podsToTerminate: Set<string>;
  outputs: Outputs | undefined;
  wakeAt: Date | undefined;
  depth: number;
  /** Runs a template for a node: given here so that steps, DAGs and retries can call back into it. */
  execute(call: Call): Executed;
}

/** Asks for another pass at this moment, unless an earlier one is asked for already. */
export function wakeAt(run: Run, moment: Date): void {
  if (run.wakeAt === undefined || moment < run.wakeAt) run.wakeAt = moment;
}

/** Under `Stop` only the exit handler runs on, under `Terminate` nothing does. */
export function mayRun(run: Run, isOnExit: boolean): boolean {
  return run.shutdown === undefined || (run.shutdown === 'Stop' && isOnExit);
}
