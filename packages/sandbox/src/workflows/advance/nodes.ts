import { toTime } from '../../store/index.ts';
import { nodeId } from '../status/ids.ts';
import { isFulfilled, type NodePhase, type NodeStatus, type NodeType } from '../status/status.ts';
import type { Template } from '../spec/schema.ts';
import type { Call, Run } from './run.ts';

/** The node of this name, if it is there yet. */
export function nodeByName(run: Run, name: string): NodeStatus | undefined {
  return run.nodes.get(nodeId(run.name, name));
}

/** What a new node is made of. */
export interface NewNode {
  name: string;
  type: NodeType;
  phase: NodePhase;
  templateName?: string;
  boundaryId?: string | undefined;
  message?: string;
  nodeFlag?: NodeStatus['nodeFlag'];
}

/** Adds a node that starts now. A node that is there already is returned as it is. */
export function addNode(run: Run, made: NewNode): NodeStatus {
  const known = nodeByName(run, made.name);
  if (known !== undefined) return known;
  const boundary = made.boundaryId === undefined ? undefined : run.nodes.get(made.boundaryId);
  const startedAt = toTime(run.now);
  const node: NodeStatus = {
    id: nodeId(run.name, made.name),
    name: made.name,
    displayName: displayName(made.name, boundary?.name),
    type: made.type,
    templateScope: `local/${run.name}`,
    phase: made.phase,
    startedAt,
    finishedAt: isFulfilled(made) ? startedAt : null,
  };
  if (made.templateName !== undefined && made.templateName !== '') node.templateName = made.templateName;
  if (made.boundaryId !== undefined) node.boundaryID = made.boundaryId;
  if (made.message !== undefined) node.message = made.message;
  if (made.nodeFlag !== undefined) node.nodeFlag = made.nodeFlag;
  run.nodes.set(node.id, node);
  return node;
}

/** Adds the node that a call is about, with the inputs that its template was given. */
export function addCallNode(run: Run, call: Call, made: { type: NodeType; phase: NodePhase; template: Template }): NodeStatus {
  const node = addNode(run, {
    name: call.nodeName,
    type: made.type,
    phase: made.phase,
    templateName: made.template.name,
    boundaryId: call.boundaryId,
    nodeFlag: call.nodeFlag,
  });
  if ((made.template.inputs.parameters ?? []).length > 0) node.inputs ??= made.template.inputs;
  return node;
}

function displayName(name: string, boundaryName: string | undefined): string {
  if (boundaryName === undefined || !name.startsWith(boundaryName)) return name;
  return name.slice(boundaryName.length).replace(/^(?:\[\d+\])?\./, '');
}

/** Moves a node to a phase. A fulfilled node never changes: whoever settled it first was right. */
export function markNode(run: Run, node: NodeStatus, change: { phase: NodePhase; message?: string | undefined }): NodeStatus {
  if (isFulfilled(node)) return node;
  node.phase = change.phase;
  if (change.message !== undefined) {
    if (change.message === '') delete node.message;
    else node.message = change.message;
  }
  if (isFulfilled(node) && (node.finishedAt ?? '') === '') node.finishedAt = toTime(run.now);
  return node;
}

/** Draws the edge from a parent to a child, once. */
export function addChild(run: Run, parentId: string, childId: string): void {
  const parent = run.nodes.get(parentId);
  if (parent === undefined || parentId === childId) return;
  parent.children ??= [];
  if (!parent.children.includes(childId)) parent.children.push(childId);
}

/** The children of a node that exist. */
export function childrenOf(run: Run, node: NodeStatus): NodeStatus[] {
  return (node.children ?? []).flatMap((id) => run.nodes.get(id) ?? []);
}

/** The attempts of a Retry node, oldest first. */
export function attemptsOf(run: Run, retry: NodeStatus): NodeStatus[] {
  return childrenOf(run, retry).filter((child) => child.nodeFlag?.hooked !== true);
}

/** The nodes at which a node ends, to which what comes after it is connected. */
export function outboundOf(run: Run, id: string): string[] {
  const node = run.nodes.get(id);
  return node === undefined ? [] : endsOf(run, node);
}

function endsOf(run: Run, { id, type, children = [], outboundNodes = [] }: NodeStatus): string[] {
  switch (type) {
    case 'Pod':
    case 'Skipped':
    case 'Suspend':
      return [id];
    case 'TaskGroup':
      return children.length === 0 ? [id] : children.flatMap((child) => outboundOf(run, child));
    case 'Retry':
      return children.slice(-1);
    case 'Steps':
    case 'DAG':
    case 'StepGroup':
      return outboundNodes.flatMap((child) => outboundOf(run, child));
  }
}
