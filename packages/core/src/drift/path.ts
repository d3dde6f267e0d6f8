import { fieldOf } from './json.ts';

/** One step into an object: a field, the item of a list that a field of its own names, or the item at a place. */
export type PathStep = string | { readonly key: string; readonly is: unknown } | { readonly index: number };
export type FieldPath = readonly PathStep[];

/** A path as people read it: `spec.template.spec.containers[name=main].env[name=LOG_LEVEL].value`. */
export function pathText(path: FieldPath): string {
  return path.map(stepText).join('').replace(/^\./, '');
}

function stepText(step: PathStep): string {
  if (typeof step !== 'string') return 'index' in step ? `[${step.index}]` : `[${step.key}=${String(step.is)}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** The item of a list that a step names; -1 when it is not there. */
export function placeOf(list: readonly unknown[], step: Exclude<PathStep, string>): number {
  if ('index' in step) return step.index < list.length ? step.index : -1;
  return list.findIndex((item) => fieldOf(item, step.key) === step.is);
}
