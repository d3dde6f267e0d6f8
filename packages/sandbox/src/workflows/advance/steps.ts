import { ExpressionError } from '../language/boolean-expression.ts';
import { substitute } from '../language/substitute.ts';
import { evaluateWhen } from '../language/when.ts';
import type { Template, TemplateCall } from '../spec/schema.ts';
import { isFailedOrError, isFulfilled, type NodeStatus } from '../status/status.ts';
import { expandCall } from './expand.ts';
import { addCallNode, addChild, addNode, childrenOf, markNode, nodeByName, outboundOf } from './nodes.ts';
import type { Call, Executed, Run } from './run.ts';
import { addLoopToScope, addNodeToScope, outputsFrom } from './scope.ts';

/** Runs the groups of a Steps template one after the other, the steps of a group side by side. */
export function executeSteps(run: Run, call: Call, template: Template): Executed {
  const node = addCallNode(run, call, { type: 'Steps', phase: 'Running', template });
  const scope = new Map(run.globals);
  let before: NodeStatus | undefined;
  for (const [index, steps] of (template.steps ?? []).entries()) {
    const group = addNode(run, {
      name: `${call.nodeName}[${index}]`,
      type: 'StepGroup',
      phase: 'Running',
      boundaryId: node.id,
      nodeFlag: {},
    });
    connectGroup(run, { parent: node, before, group });
    if (!isFulfilled(group)) executeGroup(run, { call, group, steps, scope, boundaryId: node.id });
    if (!isFulfilled(group)) return { node };
    setOutbound(run, node, group);
    if (isFailedOrError(group)) return { node: markNode(run, node, { phase: 'Failed', message: group.message }) };
    for (const step of steps) addStepToScope(run, scope, { step, group, boundaryId: node.id });
    before = group;
  }
  const { outputs, error } = outputsFrom(template, scope);
  if (error !== undefined) return { node: markNode(run, node, { phase: 'Error', message: error }), error };
  if (outputs !== undefined) node.outputs = outputs;
  return { node: markNode(run, node, { phase: 'Succeeded' }) };
}

function connectGroup(run: Run, link: { parent: NodeStatus; before: NodeStatus | undefined; group: NodeStatus }): void {
  const { parent, before, group } = link;
  if (before === undefined) {
    addChild(run, parent.id, group.id);
    return;
  }
  const ends = (before.children ?? []).flatMap((id) => outboundOf(run, id));
  for (const id of ends.length === 0 ? [before.id] : ends) addChild(run, id, group.id);
}

function setOutbound(run: Run, node: NodeStatus, last: NodeStatus): void {
  node.outboundNodes = (last.children ?? []).flatMap((id) => outboundOf(run, id));
}

interface Group {
  call: Call;
  group: NodeStatus;
  steps: readonly TemplateCall[];
  scope: ReadonlyMap<string, string>;
  boundaryId: string;
}

function executeGroup(run: Run, group: Group): void {
  const continues = new Map<string, TemplateCall>();
  let isWaiting = false;
  for (const declared of group.steps) {
    const expanded = expandCall(substitute(declared, group.scope));
    if (!expanded.ok) {
      markNode(run, group.group, { phase: 'Error', message: expanded.message });
      return;
    }
    if (expanded.calls.length === 0) skip(run, group, { step: declared, message: 'Skipped, empty params' });
    for (const step of expanded.calls) {
      continues.set(`${group.group.name}.${step.name}`, step);
      const outcome = executeStep(run, group, step);
      if (outcome === 'errored') return;
      isWaiting ||= outcome === 'waiting';
    }
  }
  settleGroup(run, { node: group.group, continues, isWaiting });
}

function executeStep(run: Run, group: Group, step: TemplateCall): 'started' | 'waiting' | 'errored' {
  const nodeName = `${group.group.name}.${step.name}`;
  const known = nodeByName(run, nodeName);
  if (known !== undefined && isFulfilled(known)) return 'started';
  try {
    if (known === undefined && !evaluateWhen(step.when)) {
      skip(run, group, { step, message: `when '${step.when ?? ''}' evaluated false` });
      return 'started';
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const node = addNode(run, { name: nodeName, type: 'Skipped', phase: 'Error', boundaryId: group.boundaryId, message: error.message });
    addChild(run, group.group.id, node.id);
    markNode(run, group.group, { phase: 'Error', message: error.message });
    return 'errored';
  }
  const executed = run.execute({
    nodeName,
    templateName: step.template,
    arguments: step.arguments.parameters,
    boundaryId: group.boundaryId,
    isOnExit: group.call.isOnExit,
  });
  if (executed.node === undefined) return 'waiting';
  addChild(run, group.group.id, executed.node.id);
  return 'started';
}

function skip(run: Run, group: Group, skipped: { step: TemplateCall; message: string }): void {
  const node = addNode(run, {
    name: `${group.group.name}.${skipped.step.name}`,
    type: 'Skipped',
    phase: 'Skipped',
    templateName: skipped.step.template,
    boundaryId: group.boundaryId,
    message: skipped.message,
    nodeFlag: {},
  });
  addChild(run, group.group.id, node.id);
}

function settleGroup(run: Run, settled: { node: NodeStatus; continues: ReadonlyMap<string, TemplateCall>; isWaiting: boolean }): void {
  const { node, continues, isWaiting } = settled;
  const children = childrenOf(run, node);
  if (isWaiting || !children.every(isFulfilled)) return;
  const bad = children.find((child) => isFailedOrError(child) && !continuesOn(continues.get(child.name), child));
  if (bad === undefined) markNode(run, node, { phase: 'Succeeded' });
  else markNode(run, node, { phase: 'Failed', message: `child '${bad.id}' failed` });
}

/** Whether a failure of this call is allowed by its `continueOn`. */
export function continuesOn(call: TemplateCall | undefined, node: NodeStatus): boolean {
  return (node.phase === 'Failed' && call?.continueOn?.failed === true) || (node.phase === 'Error' && call?.continueOn?.error === true);
}

function addStepToScope(run: Run, scope: Map<string, string>, added: { step: TemplateCall; group: NodeStatus; boundaryId: string }): void {
  const name = `${added.group.name}.${added.step.name}`;
  const node = nodeByName(run, name);
  if (node !== undefined) {
    addNodeToScope(run, scope, { root: 'steps', name: added.step.name, node });
    return;
  }
  const nodes = loopNodes(run, { name, boundaryId: added.boundaryId });
  addLoopToScope(scope, { root: 'steps', name: added.step.name, nodes });
  scope.set(`steps.${added.step.name}.status`, added.group.phase);
}

/** The nodes of a loop's items, without the attempts and hooks below them. */
export function loopNodes(run: Run, loop: { name: string; boundaryId: string }): NodeStatus[] {
  return [...run.nodes.values()].filter((node) => {
    const isAttempt = node.nodeFlag?.hooked === true || node.nodeFlag?.retried === true;
    return node.boundaryID === loop.boundaryId && node.name.startsWith(`${loop.name}(`) && node.type !== 'Skipped' && !isAttempt;
  });
}
