import { isCompleted, type NodeStatus } from '../status/status.ts';

interface Count {
  done: number;
  total: number;
}

function isExecutable(node: NodeStatus): boolean {
  return node.type === 'Pod' || node.type === 'Suspend';
}

/**
 * Fills in the progress of every node and returns the workflow's: how many pods and gates succeeded, of those known so far.
 * It grows in both parts while the workflow runs, as in Argo.
 */
export function countProgress(nodes: ReadonlyMap<string, NodeStatus>): string {
  const whole: Count = { done: 0, total: 0 };
  for (const node of nodes.values()) {
    if (!isExecutable(node)) continue;
    const isDone = isCompleted(node) && node.phase === 'Succeeded';
    node.progress = isDone ? '1/1' : '0/1';
    whole.total += 1;
    whole.done += isDone ? 1 : 0;
  }
  for (const node of nodes.values()) {
    if (isExecutable(node)) continue;
    const count = below(nodes, node);
    if (count.total > 0) node.progress = `${count.done}/${count.total}`;
  }
  return `${whole.done}/${whole.total}`;
}

function below(nodes: ReadonlyMap<string, NodeStatus>, root: NodeStatus): Count {
  const seen = new Set<string>();
  const open = [...(root.children ?? [])];
  const count: Count = { done: 0, total: 0 };
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes.get(id);
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    if (isExecutable(node)) {
      count.total += 1;
      count.done += node.phase === 'Succeeded' ? 1 : 0;
    }
    for (const child of node.children ?? []) open.push(child);
  }
  return count;
}
