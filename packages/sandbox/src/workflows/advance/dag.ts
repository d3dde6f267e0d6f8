import { ExpressionError } from '../language/boolean-expression.ts';
import { evaluateDepends, type TaskResult } from '../language/depends.ts';
import { substitute } from '../language/substitute.ts';
import { evaluateWhen } from '../language/when.ts';
import type { DagTask, Template } from '../spec/schema.ts';
import { dependenciesOf } from '../spec/validate.ts';
import { isFailedOrError, isFulfilled, type NodePhase, type NodeStatus } from '../status/status.ts';
import { assessDag } from './assess-dag.ts';
import { expandCall } from './expand.ts';
import { addCallNode, addChild, addNode, childrenOf, markNode, nodeByName, outboundOf } from './nodes.ts';
import type { Call, Executed, Run } from './run.ts';
import { addLoopToScope, addNodeToScope, outputsFrom } from './scope.ts';
import { loopNodes } from './steps.ts';

interface Dag {
  call: Call;
  node: NodeStatus;
  tasks: ReadonlyMap<string, DagTask>;
  visited: Set<string>;
}

/** Runs the tasks of a DAG as their dependencies allow. */
export function executeDag(run: Run, call: Call, template: Template): Executed {
  const node = addCallNode(run, call, { type: 'DAG', phase: 'Running', template });
  const tasks = new Map((template.dag?.tasks ?? []).map((task) => [task.name, task]));
  const dag: Dag = { call, node, tasks, visited: new Set() };
  const targets = targetsOf(template, tasks);
  for (const name of targets) executeTask(run, dag, name);
  const phase = assessDag(run, {
    node,
    tasks,
    targets,
    failFast: template.dag?.failFast !== false,
    isShutdown: run.shutdown !== undefined && !call.isOnExit,
  });
  if (phase === 'Running') return { node };
  node.outboundNodes = targets.flatMap((name) => outboundOf(run, taskNode(run, dag, name)?.id ?? ''));
  return phase === 'Succeeded' ? succeed(run, dag, template) : { node: markNode(run, node, { phase }) };
}

function succeed(run: Run, dag: Dag, template: Template): Executed {
  const { node, tasks } = dag;
  const scope = new Map(run.globals);
  for (const name of tasks.keys()) addTaskToScope(run, scope, { dag, name });
  const { outputs, error } = outputsFrom(template, scope);
  if (error !== undefined) return { node: markNode(run, node, { phase: 'Error', message: error }), error };
  if (outputs !== undefined) node.outputs = outputs;
  return { node: markNode(run, node, { phase: 'Succeeded' }) };
}

/** The tasks that the DAG is done with: those named in `target`, else those on which no other depends. */
function targetsOf(template: Template, tasks: ReadonlyMap<string, DagTask>): string[] {
  const target = template.dag?.target ?? '';
  if (target !== '') return target.split(' ').filter((name) => tasks.has(name));
  const needed = new Set([...tasks.values()].flatMap(dependenciesOf));
  return [...tasks.keys()].filter((name) => !needed.has(name)).toSorted();
}

function taskNode(run: Run, dag: Dag, name: string): NodeStatus | undefined {
  return nodeByName(run, `${dag.call.nodeName}.${name}`);
}

function executeTask(run: Run, dag: Dag, name: string): void {
  const task = dag.tasks.get(name);
  if (task === undefined || dag.visited.has(name)) return;
  dag.visited.add(name);
  const known = taskNode(run, dag, name);
  if (known !== undefined && isFulfilled(known)) return;
  const dependencies = dependenciesOf(task);
  for (const dependency of dependencies) executeTask(run, dag, dependency);
  if (known === undefined && !mayStart(run, dag, { task, dependencies })) return;
  const resolved = substitute(task, scopeOf(run, dag, name));
  const expanded = expandCall(resolved);
  if (!expanded.ok) {
    settleUnrun(run, dag, { name, dependencies, phase: 'Error', message: expanded.message });
    return;
  }
  if (!expanded.isLoop) {
    executeCall(run, dag, { task: resolved, parents: () => connect(run, dag, { dependencies }) });
    return;
  }
  executeLoop(run, dag, { name, dependencies, calls: expanded.calls });
}

/** Whether the task's turn has come; a task whose `depends` says no is settled as Omitted. */
function mayStart(run: Run, dag: Dag, asked: { task: DagTask; dependencies: readonly string[] }): boolean {
  const { task, dependencies } = asked;
  if (dependencies.length === 0) return true;
  const nodes = new Map(dependencies.map((name) => [name, taskNode(run, dag, name)]));
  for (const node of nodes.values()) if (node === undefined || !isFulfilled(node)) return false;
  const isDefault = (name: string): readonly TaskResult[] => defaultResults(dag.tasks.get(name));
  const of = (name: string, result: TaskResult): boolean => hasResult(run, nodes.get(name), result);
  try {
    const logic = task.depends === undefined || task.depends === '' ? dependencies.join(' && ') : task.depends;
    if (evaluateDepends(logic, { of, default: isDefault })) return true;
    settleUnrun(run, dag, { name: task.name, dependencies, phase: 'Omitted', message: 'omitted: depends condition not met' });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    settleUnrun(run, dag, { name: task.name, dependencies, phase: 'Error', message: error.message });
  }
  return false;
}

function defaultResults(task: DagTask | undefined): TaskResult[] {
  const results: TaskResult[] = ['Succeeded', 'Skipped', 'Daemoned'];
  if (task?.continueOn?.error === true) results.push('Errored');
  if (task?.continueOn?.failed === true) results.push('Failed');
  return results;
}

function hasResult(run: Run, node: NodeStatus | undefined, result: TaskResult): boolean {
  if (node === undefined || result === 'Daemoned') return false;
  const items = node.type === 'TaskGroup' ? childrenOf(run, node) : [];
  if (result === 'AnySucceeded') return items.some((item) => item.phase === 'Succeeded');
  if (result === 'AllFailed') return items.length > 0 && items.every((item) => item.phase === 'Failed');
  return node.phase === (result === 'Errored' ? 'Error' : result);
}

function settleUnrun(
  run: Run,
  dag: Dag,
  settled: { name: string; dependencies: readonly string[]; phase: NodePhase; message: string },
): void {
  const node = addNode(run, {
    name: `${dag.call.nodeName}.${settled.name}`,
    type: 'Skipped',
    phase: settled.phase,
    templateName: dag.tasks.get(settled.name)?.template ?? '',
    boundaryId: dag.node.id,
    message: settled.message,
    nodeFlag: {},
  });
  markNode(run, node, { phase: settled.phase, message: settled.message });
  for (const parent of connect(run, dag, settled)) addChild(run, parent, node.id);
}

/** The ids of the nodes that a task's node hangs on. */
function connect(run: Run, dag: Dag, task: { dependencies: readonly string[] }): string[] {
  if (task.dependencies.length === 0) return [dag.node.id];
  return task.dependencies.flatMap((name) => outboundOf(run, taskNode(run, dag, name)?.id ?? ''));
}

function executeCall(run: Run, dag: Dag, asked: { task: DagTask; parents: () => string[] }): NodeStatus | undefined {
  const { task } = asked;
  const nodeName = `${dag.call.nodeName}.${task.name}`;
  const known = nodeByName(run, nodeName);
  if (known !== undefined && isFulfilled(known)) return known;
  const unrun = known === undefined ? whyNotRun(task) : undefined;
  const { node } =
    unrun === undefined
      ? run.execute({
          nodeName,
          templateName: task.template,
          arguments: task.arguments.parameters,
          boundaryId: dag.node.id,
          isOnExit: dag.call.isOnExit,
        })
      : {
          node: addNode(run, {
            name: nodeName,
            type: 'Skipped',
            templateName: task.template,
            boundaryId: dag.node.id,
            nodeFlag: {},
            ...unrun,
          }),
        };
  if (node !== undefined) for (const parent of asked.parents()) addChild(run, parent, node.id);
  return node;
}

function whyNotRun(task: DagTask): { phase: 'Skipped' | 'Error'; message: string } | undefined {
  try {
    return evaluateWhen(task.when) ? undefined : { phase: 'Skipped', message: `when '${task.when ?? ''}' evaluated false` };
  } catch (error) {
    if (error instanceof ExpressionError) return { phase: 'Error', message: error.message };
    throw error;
  }
}

function executeLoop(run: Run, dag: Dag, loop: { name: string; dependencies: readonly string[]; calls: readonly DagTask[] }): void {
  if (loop.calls.length === 0) {
    settleUnrun(run, dag, { ...loop, phase: 'Skipped', message: 'Skipped, empty params' });
    return;
  }
  const group = addNode(run, {
    name: `${dag.call.nodeName}.${loop.name}`,
    type: 'TaskGroup',
    phase: 'Running',
    templateName: dag.tasks.get(loop.name)?.template ?? '',
    boundaryId: dag.node.id,
    nodeFlag: {},
  });
  for (const parent of connect(run, dag, loop)) addChild(run, parent, group.id);
  const nodes = loop.calls.map((task) => executeCall(run, dag, { task, parents: () => [group.id] }));
  if (!nodes.every((node) => node !== undefined && isFulfilled(node))) return;
  const bad = nodes.findLast((node) => node !== undefined && isFailedOrError(node));
  markNode(run, group, { phase: bad?.phase ?? 'Succeeded' });
}

/** What a task may refer to: every task that it depends on, directly or not. */
function scopeOf(run: Run, dag: Dag, name: string): Map<string, string> {
  const scope = new Map(run.globals);
  const seen = new Set<string>();
  const visit = (current: string): void => {
    const task = dag.tasks.get(current);
    if (task === undefined || seen.has(current)) return;
    seen.add(current);
    for (const dependency of dependenciesOf(task)) visit(dependency);
    if (current !== name) addTaskToScope(run, scope, { dag, name: current });
  };
  visit(name);
  return scope;
}

function addTaskToScope(run: Run, scope: Map<string, string>, task: { dag: Dag; name: string }): void {
  const node = taskNode(run, task.dag, task.name);
  if (node === undefined) return;
  if (node.type === 'TaskGroup') {
    addLoopToScope(scope, { root: 'tasks', name: task.name, nodes: loopNodes(run, { name: node.name, boundaryId: task.dag.node.id }) });
  }
  addNodeToScope(run, scope, { root: 'tasks', name: task.name, node });
}
