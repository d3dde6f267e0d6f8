import type { TemplateRef } from '../model/spec.ts';
import type { Argument, RunSpec, TemplateSpec } from './run-spec.ts';

/** The AnalysisTemplates of one namespace and all ClusterAnalysisTemplates. */
export interface AnalysisTemplates {
  get(name: string, clusterScope: boolean): TemplateSpec | undefined;
}

/** The spec of a run, or why it cannot be made. */
export type ComposedRun = { ok: true; spec: RunSpec } | { ok: false; message: string };

type Extra = Pick<RunSpec, 'args' | 'dryRun' | 'measurementRetention'>;

/**
 * Puts the named templates, and those that they name in turn, together to the spec of one run. Each template counts once.
 * An argument of the caller beats the template's default; an argument that no one gives a value, a metric name used twice and two templates
 * that give one argument different values are refused, as the real engine refuses them.
 */
export function composeRun(refs: readonly TemplateRef[], templates: AnalysisTemplates, extra: Extra): ComposedRun {
  const found = new Map<string, TemplateSpec>();
  const missing = collect(refs, templates, found);
  if (missing !== undefined) return { ok: false, message: missing };
  const all = [...found.values()];
  const metrics = all.flatMap((template) => template.metrics ?? []);
  const twice = firstRepeated(metrics.map((metric) => metric.name));
  if (twice !== undefined) return { ok: false, message: `two metrics have the same name '${twice}'` };
  const args = mergeArguments(all, extra.args ?? []);
  if (typeof args === 'string') return { ok: false, message: args };
  return {
    ok: true,
    spec: {
      metrics,
      args,
      dryRun: [...(extra.dryRun ?? []), ...all.flatMap((template) => template.dryRun ?? [])],
      measurementRetention: [...(extra.measurementRetention ?? []), ...all.flatMap((template) => template.measurementRetention ?? [])],
    },
  };
}

function collect(refs: readonly TemplateRef[], templates: AnalysisTemplates, found: Map<string, TemplateSpec>): string | undefined {
  for (const { templateName, clusterScope } of refs) {
    const key = `${clusterScope === true}/${templateName}`;
    if (found.has(key)) continue;
    const template = templates.get(templateName, clusterScope === true);
    if (template === undefined) {
      const kind = clusterScope === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
      return `${kind} '${templateName}' not found`;
    }
    found.set(key, template);
    const missing = collect(template.templates ?? [], templates, found);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function mergeArguments(templates: readonly TemplateSpec[], given: readonly Argument[]): Argument[] | string {
  const merged = new Map<string, Argument>();
  for (const argument of templates.flatMap((template) => template.args ?? [])) {
    const known = merged.get(argument.name);
    if (known?.value && argument.value && known.value !== argument.value) {
      return `Argument \`${argument.name}\` specified multiple times with different values: '${known.value}', '${argument.value}'`;
    }
    merged.set(argument.name, known?.value ? known : argument);
  }
  for (const argument of given) if (merged.has(argument.name)) merged.set(argument.name, argument);
  const open = [...merged.values()].find((argument) => argument.value === undefined || argument.value === null);
  return open === undefined ? [...merged.values()] : `args.${open.name} was not resolved`;
}

function firstRepeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
