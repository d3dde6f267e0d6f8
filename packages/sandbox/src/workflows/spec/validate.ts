import { ExpressionError } from '../language/boolean-expression.ts';
import { tasksOf } from '../language/depends.ts';
import type { DagTask, Template, WorkflowSpec } from './schema.ts';

const KINDS = ['container', 'script', 'steps', 'dag', 'suspend'] as const;
export type TemplateKind = (typeof KINDS)[number];

/** What a template is; undefined when it is none or several of the supported kinds. */
export function kindOf(template: Template): TemplateKind | undefined {
  const present = KINDS.filter((kind) => template[kind] !== undefined && template[kind] !== null);
  return present.length === 1 ? present[0] : undefined;
}

/** The names of the tasks that a task waits for. Throws `ExpressionError` for a `depends` that cannot be read. */
export function dependenciesOf(task: DagTask): string[] {
  return task.depends === undefined || task.depends === '' ? [...new Set(task.dependencies)] : tasksOf(task.depends);
}

/** Why a spec can never run (a missing template, a cycle of tasks, …), in Argo's manner; undefined when it can. */
export function whyInvalid(spec: WorkflowSpec): string | undefined {
  const { templates = [] } = spec;
  const names = new Set<string>();
  for (const template of templates) {
    if (names.has(template.name)) return `template name '${template.name}' is not unique`;
    names.add(template.name);
  }
  const wrongEntry = whyEntriesInvalid(spec, names);
  if (wrongEntry !== undefined) return wrongEntry;
  for (const template of templates) {
    const wrong = whyTemplateInvalid(template, names);
    if (wrong !== undefined) return `templates.${template.name} ${wrong}`;
  }
  return undefined;
}

function whyEntriesInvalid(spec: WorkflowSpec, names: ReadonlySet<string>): string | undefined {
  const { entrypoint = '', onExit = '' } = spec;
  if (entrypoint === '') return 'spec.entrypoint is required';
  if (!names.has(entrypoint)) return `spec.entrypoint: template '${entrypoint}' is not defined`;
  const exit = spec.hooks?.exit?.template ?? onExit;
  if (exit !== '' && !names.has(exit)) return `spec.onExit: template '${exit}' is not defined`;
  return whyArgumentsInvalid(spec);
}

function whyArgumentsInvalid(spec: WorkflowSpec): string | undefined {
  const bare = (spec.arguments.parameters ?? []).find((one) => one.value === undefined)?.name;
  return bare === undefined ? undefined : `spec.arguments.${bare}.value or spec.arguments.${bare}.valueFrom is required`;
}

function whyTemplateInvalid(template: Template, names: ReadonlySet<string>): string | undefined {
  const kind = kindOf(template);
  if (kind === undefined) return `must be exactly one of ${KINDS.join(', ')}`;
  if (kind === 'suspend') {
    const bare = template.outputs.parameters?.find((one) => one.valueFrom === undefined);
    return bare === undefined ? undefined : `outputs.parameters.${bare.name}: valueFrom is required`;
  }
  if (template.steps !== undefined) return whyStepsInvalid(template.steps, names);
  return template.dag === undefined ? undefined : whyDagInvalid(template.dag.tasks, names);
}

function whyStepsInvalid(groups: NonNullable<Template['steps']>, names: ReadonlySet<string>): string | undefined {
  const seen = new Set<string>();
  for (const [index, group] of groups.entries()) {
    for (const step of group) {
      if (step.name === '') return `steps[${index}]: name is required`;
      if (seen.has(step.name)) return `steps[${index}].${step.name}: name is not unique`;
      if (!names.has(step.template)) return `steps[${index}].${step.name}: template '${step.template}' is not defined`;
      seen.add(step.name);
    }
  }
  return undefined;
}

function whyDagInvalid(tasks: readonly DagTask[], names: ReadonlySet<string>): string | undefined {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  if (byName.size < tasks.length) return 'tasks: names are not unique';
  for (const task of tasks) {
    if (task.name === '') return 'tasks: name is required';
    if (!names.has(task.template)) return `tasks.${task.name}: template '${task.template}' is not defined`;
    if (task.depends !== undefined && task.dependencies !== undefined)
      return `tasks.${task.name}: cannot use both 'depends' and 'dependencies'`;
    const wrong = whyDependenciesInvalid(task, byName);
    if (wrong !== undefined) return wrong;
  }
  return whyCyclic(byName);
}

function whyDependenciesInvalid(task: DagTask, byName: ReadonlyMap<string, DagTask>): string | undefined {
  try {
    const missing = dependenciesOf(task).find((name) => !byName.has(name));
    return missing === undefined ? undefined : `tasks.${task.name}: dependency '${missing}' is not defined`;
  } catch (error) {
    if (error instanceof ExpressionError) return `tasks.${task.name}: ${error.message}`;
    throw error;
  }
}

function whyCyclic(byName: ReadonlyMap<string, DagTask>): string | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string | undefined => {
    if (done.has(name)) return undefined;
    if (path.includes(name)) return `tasks: dependency cycle detected: ${[...path.slice(path.indexOf(name)), name].join('->')}`;
    path.push(name);
    const task = byName.get(name);
    for (const next of task === undefined ? [] : dependenciesOf(task)) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of byName.keys()) {
    const cycle = visit(name);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
