import { valuesOf } from '../spec/resolve.ts';
import type { Template } from '../spec/schema.ts';
import { substitute, unresolvedTag } from '../language/substitute.ts';
import type { NodeStatus, Outputs } from '../status/status.ts';
import { attemptsOf } from './nodes.ts';
import type { Run } from './run.ts';

/** A step or task as later ones refer to it: `{{steps.a.…}}` or `{{tasks.a.…}}`. */
export interface NodeReference {
  root: 'steps' | 'tasks';
  name: string;
}

/** Adds what a node that ran lets others refer to. Of a retried node these are the last attempt's. */
export function addNodeToScope(run: Run, scope: Map<string, string>, referred: NodeReference & { node: NodeStatus }): void {
  const node = referred.node.type === 'Retry' ? (attemptsOf(run, referred.node).at(-1) ?? referred.node) : referred.node;
  const prefix = `${referred.root}.${referred.name}`;
  scope.set(`${prefix}.id`, node.id);
  scope.set(`${prefix}.status`, node.phase);
  if (typeof node.startedAt === 'string') scope.set(`${prefix}.startedAt`, node.startedAt);
  if (typeof node.finishedAt === 'string') scope.set(`${prefix}.finishedAt`, node.finishedAt);
  const { result, exitCode, parameters } = node.outputs ?? {};
  if (result !== undefined) scope.set(`${prefix}.outputs.result`, result);
  if (exitCode !== undefined) scope.set(`${prefix}.exitCode`, exitCode);
  for (const [name, value] of valuesOf(parameters)) scope.set(`${prefix}.outputs.parameters.${name}`, value);
}

/** Adds the outputs of a loop as JSON lists, in the order of its items. Only items that succeeded count. */
export function addLoopToScope(scope: Map<string, string>, referred: NodeReference & { nodes: readonly NodeStatus[] }): void {
  if (referred.nodes.length === 0) return;
  const prefix = `${referred.root}.${referred.name}.outputs`;
  const done = referred.nodes
    .filter((node) => node.phase === 'Succeeded' && node.outputs !== undefined)
    .toSorted((a, b) => loopIndex(a.name) - loopIndex(b.name));
  const results = done.flatMap((node) => (node.outputs?.result === undefined ? [] : [jsonOrText(node.outputs.result)]));
  scope.set(`${prefix}.result`, JSON.stringify(results));
  const byName = new Map<string, string[]>();
  const sets: Record<string, string>[] = [];
  for (const node of done) {
    const values = (node.outputs?.parameters ?? []).map((one) => [one.name, one.value ?? ''] as const);
    if (values.length > 0) sets.push(Object.fromEntries(values));
    for (const [name, value] of values) byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  scope.set(`${prefix}.parameters`, JSON.stringify(sets));
  for (const [name, values] of byName) scope.set(`${prefix}.parameters.${name}`, JSON.stringify(values));
}

function loopIndex(nodeName: string): number {
  return Number(/\((\d+)(?::[^(]*)?\)$/.exec(nodeName)?.[1] ?? 0);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The outputs of a Steps or DAG template, taken from what ran in it. */
export function outputsFrom(template: Template, scope: ReadonlyMap<string, string>): { outputs?: Outputs; error?: string } {
  const declared = template.outputs.parameters ?? [];
  if (declared.length === 0) return {};
  const parameters: NonNullable<Outputs['parameters']> = [];
  for (const { valueFrom, ...one } of declared) {
    const text = valueFrom?.parameter === undefined ? one.value : substitute(valueFrom.parameter, scope);
    const isResolved = text !== undefined && unresolvedTag(text) === undefined;
    const value = isResolved ? text : valueFrom?.default;
    if (value === undefined) return { error: `unable to resolve output parameter '${one.name}' of template '${template.name}'` };
    parameters.push({ ...one, value });
  }
  return { outputs: { parameters } };
}
