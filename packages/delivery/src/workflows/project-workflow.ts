import { nodePhase } from '@flow/core/workflow';
import type { NodePhase, StageView, StepView, WorkflowView } from '@flow/core/workflow';
import { listAt, objectAt, textAt, timeAt, type JsonObject } from '../json/index.ts';
import { nodeId, nodeName, podName } from './names.ts';
import { readNodes } from './nodes.ts';

/** What the projection of one Workflow works on. */
interface Source {
  name: string;
  nodes: JsonObject;
  /** Templates by name. */
  templates: ReadonlyMap<string, unknown>;
}

/** The slim view of a Workflow that Flow compiled: stages and steps stand in the order of the definition, also those that have not begun. */
export function projectWorkflow(workflow: unknown): WorkflowView {
  const read = readNodes(workflow);
  const name = textAt(workflow, 'metadata', 'name');
  const templates = new Map(listAt(workflow, 'spec', 'templates').map((template) => [textAt(template, 'name'), template]));
  const source: Source = { name, nodes: read.kind === 'offloaded' ? {} : read.nodes, templates };
  const phase = workflowPhase(textAt(workflow, 'status', 'phase'));
  const shutdown = textAt(workflow, 'spec', 'shutdown');
  return {
    uid: textAt(workflow, 'metadata', 'uid'),
    resourceVersion: textAt(workflow, 'metadata', 'resourceVersion'),
    namespace: textAt(workflow, 'metadata', 'namespace'),
    name,
    phase,
    message: textAt(workflow, 'status', 'message'),
    startedAt: timeAt(workflow, 'status', 'startedAt'),
    finishedAt: timeAt(workflow, 'status', 'finishedAt'),
    completed: phase === 'Succeeded' || phase === 'Failed' || phase === 'Error',
    shutdown: shutdown === 'Stop' || shutdown === 'Terminate' ? shutdown : null,
    nodesReadable: read.kind !== 'offloaded',
    labels: flowLabels(workflow),
    stages: tasksOf(templates.get(textAt(workflow, 'spec', 'entrypoint'))).map((task) => projectStage(source, task)),
  };
}

interface Task {
  key: string;
  template: string;
}

function tasksOf(template: unknown): Task[] {
  return listAt(template, 'dag', 'tasks').map((task) => ({ key: textAt(task, 'name'), template: textAt(task, 'template') }));
}

function projectStage(source: Source, task: Task): StageView {
  const template = source.templates.get(task.template);
  const common = nodeOf(source, nodeName(source.name, task.key));
  if (listAt(template, 'dag', 'tasks').length === 0) {
    const open = common.fields.phase === 'Running';
    return { key: task.key, ...common.fields, kind: 'gate', open, outputs: open ? {} : outputsOf(common.node), steps: [] };
  }
  const steps = tasksOf(template).map((step) => projectStep(source, task.key, step));
  const outputs = Object.fromEntries(steps.flatMap((step) => Object.entries(step.outputs)));
  return { key: task.key, ...common.fields, kind: 'steps', open: false, outputs, steps };
}

function projectStep(source: Source, stageKey: string, step: Task): StepView {
  const name = nodeName(source.name, stageKey, step.key);
  const { node, fields } = nodeOf(source, name);
  const names = textAt(node, 'type') === 'Retry' ? triedNames(source, name) : fields.phase === 'Waiting' ? [] : [name];
  const tries = names
    .map((one) => ({ ...nodeOf(source, one).fields, podName: podName(source.name, step.template, one) }))
    .filter((one) => one.phase !== 'Omitted' && one.phase !== 'Skipped');
  const failed = fields.message === '' ? tries.at(-1)?.message : undefined;
  return {
    key: step.key,
    ...fields,
    message: failed ?? fields.message,
    podName: tries.at(-1)?.podName ?? null,
    tries,
    outputs: outputsOf(node),
  };
}

function triedNames(source: Source, name: string): string[] {
  const names: string[] = [];
  for (let index = 0; Object.hasOwn(source.nodes, nodeId(source.name, `${name}(${index})`)); index += 1) names.push(`${name}(${index})`);
  return names;
}

function nodeOf(source: Source, name: string): { node: JsonObject; fields: Omit<StepView, 'key' | 'podName' | 'tries' | 'outputs'> } {
  const id = nodeId(source.name, name);
  const node = objectAt(source.nodes, id);
  const fields = {
    nodeId: id,
    phase: phaseOf(node),
    message: textAt(node, 'message'),
    startedAt: timeAt(node, 'startedAt'),
    finishedAt: timeAt(node, 'finishedAt'),
  };
  return { node, fields };
}

function phaseOf(node: JsonObject): NodePhase {
  const phase = nodePhase.safeParse(textAt(node, 'phase'));
  return phase.success ? phase.data : 'Waiting';
}

/** Outputs by name. A file that ends with a line break, as `echo` leaves it, does not mean the break. */
function outputsOf(node: JsonObject): Record<string, string> {
  const parameters = listAt(node, 'outputs', 'parameters');
  return Object.fromEntries(parameters.map((parameter) => [textAt(parameter, 'name'), textAt(parameter, 'value').replace(/\r?\n$/, '')]));
}

function workflowPhase(phase: string): WorkflowView['phase'] {
  return phase === 'Running' || phase === 'Succeeded' || phase === 'Failed' || phase === 'Error' ? phase : 'Pending';
}

function flowLabels(workflow: unknown): Record<string, string> {
  const labels = Object.entries(objectAt(workflow, 'metadata', 'labels'));
  return Object.fromEntries(
    labels.flatMap(([label, value]) => (label.startsWith('flow.dev/') && typeof value === 'string' ? [[label, value]] : [])),
  );
}
