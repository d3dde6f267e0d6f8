import { z } from 'zod';
import type { KubeObject } from '../../store/index.ts';
import { readStatus } from '../status/packing.ts';
import { type Parameter, type WorkflowSpec, workflowSpecSchema } from './schema.ts';

/** A spec that can be run, or why it cannot. */
export type ResolvedSpec = { ok: true; spec: WorkflowSpec } | { ok: false; message: string };

/** What a workflow asks to run; with a `workflowTemplateRef`, what was merged and kept in its status when it started. */
export function resolveSpec(workflow: KubeObject): ResolvedSpec {
  const own = workflowSpecSchema.safeParse(workflow['spec'] ?? {});
  if (!own.success) return { ok: false, message: z.prettifyError(own.error) };
  if (own.data.workflowTemplateRef === undefined) return { ok: true, spec: own.data };
  const stored = workflowSpecSchema.safeParse(readStatus(workflow).storedWorkflowTemplateSpec);
  if (!stored.success) return { ok: false, message: z.prettifyError(stored.error) };
  const { shutdown, suspend, activeDeadlineSeconds = stored.data.activeDeadlineSeconds } = own.data;
  return { ok: true, spec: { ...stored.data, shutdown, suspend, activeDeadlineSeconds } };
}

const parts = z.looseObject({
  arguments: z.looseObject({ parameters: z.array(z.looseObject({ name: z.string() })).optional() }).optional(),
});

/** The workflow's own spec over the template's: its fields win, its parameters replace those of the same name. */
export function mergeTemplateSpec(ownSpec: unknown, templateSpec: unknown): Record<string, unknown> {
  const own = parts.parse(ownSpec ?? {});
  const base = parts.parse(templateSpec ?? {});
  const byName = new Map((base.arguments?.parameters ?? []).map((one) => [one.name, one]));
  for (const one of own.arguments?.parameters ?? []) byName.set(one.name, { ...byName.get(one.name), ...one });
  const args = byName.size === 0 ? {} : { arguments: { ...base.arguments, ...own.arguments, parameters: [...byName.values()] } };
  return { ...base, ...own, ...args };
}

/** The parameters of an `arguments` or `inputs` block that have a value, by name. */
export function valuesOf(parameters: readonly Parameter[] | undefined): Map<string, string> {
  return new Map((parameters ?? []).flatMap((one) => (one.value === undefined ? [] : [[one.name, one.value]])));
}
