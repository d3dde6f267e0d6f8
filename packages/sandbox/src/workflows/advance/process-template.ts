import { substitute } from '../language/substitute.ts';
import type { Parameter, Template } from '../spec/schema.ts';
import { kindOf } from '../spec/validate.ts';
import { podName } from '../status/ids.ts';
import type { Call, Run } from './run.ts';

/** A template with its inputs filled in, or why they cannot be. */
export type Processed = { ok: true; template: Template } | { ok: false; message: string };

/**
 * Fills a template's inputs (argument, else default, else its own value) and replaces what is known now.
 * Tags of steps, tasks and retries stay until they are known.
 */
export function processTemplate(run: Run, template: Template, call: Call): Processed {
  const args = new Map((call.arguments ?? []).map((one) => [one.name, one.value]));
  const inputs: Parameter[] = [];
  for (const one of template.inputs.parameters ?? []) {
    const value = args.get(one.name) ?? one.default ?? one.value;
    if (value === undefined) return { ok: false, message: `inputs.parameters.${one.name} was not supplied` };
    inputs.push({ ...one, value });
  }
  const scope = new Map(run.globals);
  scope.set('node.name', call.nodeName);
  scope.set('inputs.parameters', JSON.stringify(inputs));
  for (const one of inputs) scope.set(`inputs.parameters.${one.name}`, substitute(one.value ?? '', run.globals));
  if (template.retryStrategy === undefined && isPodTemplate(template)) {
    scope.set('pod.name', podName(run.name, { name: call.nodeName, templateName: template.name }));
  }
  const { name, ...rest } = template;
  const filled = substitute({ ...rest, inputs: { ...template.inputs, parameters: inputs } }, scope);
  return { ok: true, template: { ...filled, name } };
}

/** Whether the template runs as a pod. */
export function isPodTemplate(template: Template): boolean {
  const kind = kindOf(template);
  return kind === 'container' || kind === 'script';
}
