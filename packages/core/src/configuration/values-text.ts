import { stringify } from 'yaml';
import { z } from 'zod';
import type { FieldFault } from '../fault/index.ts';
import { readYaml } from '../yaml/index.ts';
import type { Values } from './layer-values.ts';

export type ParsedValues = { ok: true; values: Record<string, z.core.util.JSONType> } | { ok: false; faults: FieldFault[] };

const tree = z.record(z.string(), z.json());

/** Helm values of one layer as people write them: YAML (or JSON, which is YAML), empty for none. Faults carry line and column. */
export function parseValues(text: string): ParsedValues {
  if (text.trim() === '') return { ok: true, values: {} };
  const read = readYaml(text);
  if (!read.ok) return { ok: false, faults: read.faults.map(({ line, column, message }) => ({ path: placed(line, column), message })) };
  const parsed = tree.safeParse(read.value);
  if (parsed.success) return { ok: true, values: parsed.data };
  const faults = parsed.error.issues.map((issue) => {
    const { line, column } = read.placeOf(issue.path);
    return {
      path: placed(line, column),
      message: issue.path.length === 0 ? 'write names with values, such as replicas: 2' : issue.message,
    };
  });
  return { ok: false, faults };
}

/** The same values as text. */
export function formatValues(values: Values): string {
  return Object.keys(values).length === 0 ? '' : stringify(values, { lineWidth: 0 });
}

function placed(line: number, column: number): string {
  return `line ${line}, column ${column}`;
}
