import type { DagTask } from '../spec/schema.ts';
import { nodeId } from '../status/ids.ts';
import { isCompleted, isFulfilled, type NodePhase, type NodeStatus } from '../status/status.ts';
import { attemptsOf } from './nodes.ts';
import type { Run } from './run.ts';
import { continuesOn } from './steps.ts';

interface Assessed {
  node: NodeStatus;
  tasks: ReadonlyMap<string, DagTask>;
  targets: readonly string[];
  failFast: boolean;
  isShutdown: boolean;
}

/**
 * How a DAG stands. It walks from the DAG's node along the children, carrying down each branch how the branch last ended,
 * so that an omitted task counts as what made it so.
 */
export function assessDag(run: Run, dag: Assessed): 'Running' | 'Succeeded' | 'Failed' | 'Error' {
  if (dag.isShutdown) return 'Failed';
  const ended = new Map<string, NodePhase>();
  const targetIds = new Set(dag.targets.map((name) => nodeId(run.name, `${dag.node.name}.${name}`)));
  const seen = new Set<string>();
  const queue: { id: string; phase: NodePhase }[] = (dag.node.children ?? []).map((id) => ({ id, phase: 'Succeeded' }));
  // The list grows while it is walked.
  for (const current of queue) {
    const key = `${current.id} ${current.phase}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const node = run.nodes.get(current.id);
    if (node === undefined || !isFulfilled(node)) return 'Running';
    const phase = isCompleted(node) ? node.phase : current.phase;
    if (targetIds.has(node.id)) ended.set(node.id, worse(ended.get(node.id), phase));
    for (const id of nextOf(run, node)) queue.push({ id, phase });
  }
  return verdict(run, dag, ended);
}

/** A target that is reached by several branches ended badly when one of them did. */
function worse(before: NodePhase | undefined, phase: NodePhase): NodePhase {
  return before === 'Failed' || before === 'Error' ? before : phase;
}

/** A Retry node stands for its attempts, so the walk goes on below the last of them. */
function nextOf(run: Run, node: NodeStatus): string[] {
  if (node.type !== 'Retry') return node.children ?? [];
  return attemptsOf(run, node).flatMap((attempt) => attempt.children ?? []);
}

function verdict(run: Run, dag: Assessed, ended: ReadonlyMap<string, NodePhase>): 'Running' | 'Succeeded' | 'Failed' | 'Error' {
  let result: 'Running' | 'Succeeded' | 'Failed' | 'Error' = 'Succeeded';
  for (const name of dag.targets) {
    const id = nodeId(run.name, `${dag.node.name}.${name}`);
    const phase = ended.get(id);
    if (phase === undefined) {
      result = 'Running';
      if (!dag.failFast) break;
    } else if (phase === 'Failed' || phase === 'Error') {
      const node = run.nodes.get(id);
      if (node !== undefined && continuesOn(dag.tasks.get(name), { ...node, phase })) continue;
      result = phase;
      if (dag.failFast) break;
    }
  }
  return result;
}
