import { z } from 'zod';
import type { CelValues } from './cel-facts.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type ShownScalar = z.infer<typeof scalar>;

/** One thing that was looked at, with what it was. Times are ISO 8601 in UTC. */
export const shownInput = z.strictObject({
  /** As an expression names it: `artifact.soakMinutes`; of lists the list: `others`. */
  path: z.string(),
  value: scalar,
  /** Of a list: its first elements, each with what was looked at; `value` is how many there are. Empty for what is no list. */
  elements: z.array(z.record(z.string(), scalar)),
});
export type ShownInput = z.infer<typeof shownInput>;

const elementsMax = 10;
const textMax = 200;
/** What an element of a list is called, beside what was looked at. */
const names: Readonly<Record<string, string>> = { others: 'serviceName', incidents: 'title', targets: 'region' };

/** What an expression looked at, with the values that it found. `inputs` is as `inputsOf` gives it. */
export function showInputs(inputs: readonly string[], values: CelValues): readonly ShownInput[] {
  const lists = new Map<string, string[]>();
  const shown: ShownInput[] = [];
  for (const input of inputs) {
    const [list, field] = input.split(/\[\]\.?/, 2);
    if (list === undefined || field === undefined) shown.push(showOne(input, valueAt(values, input)));
    else lists.set(list, [...(lists.get(list) ?? []), field]);
  }
  for (const [list, fields] of lists) shown.push(showList(list, fields, valueAt(values, list)));
  return shown.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

function valueAt(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => {
    if (value instanceof Map) return value.get(part);
    // Objects of the context hold what their declaration names, and nothing else.
    return typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  }, from);
}

function showOne(path: string, value: unknown): ShownInput {
  if (Array.isArray(value))
    return { path, value: value.length, elements: value.slice(0, elementsMax).map((one) => ({ value: scalarOf(one) })) };
  return { path, value: scalarOf(value), elements: [] };
}

function showList(path: string, fields: readonly string[], found: unknown): ShownInput {
  const list: readonly unknown[] = Array.isArray(found) ? found : [];
  const name = names[path];
  const shown = [...new Set([...(name === undefined ? [] : [name]), ...fields.filter((field) => field !== '')])];
  const elements = list
    .slice(0, elementsMax)
    .map((element) => Object.fromEntries(shown.map((field) => [field, scalarOf(valueAt(element, field))])));
  return { path, value: list.length, elements };
}

function scalarOf(value: unknown): ShownScalar {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'number':
    case 'boolean':
      return value;
    case 'string':
      return value.length > textMax ? `${value.slice(0, textMax - 1)}…` : value;
    default:
      return otherScalar(value);
  }
}

function otherScalar(value: unknown): ShownScalar {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((one) => String(scalarOf(one))).join(', ');
  if (value instanceof Map) return [...value].map(([name, one]) => `${String(name)}=${String(scalarOf(one))}`).join(', ');
  return value === undefined || value === null ? null : 'more than can be shown';
}
