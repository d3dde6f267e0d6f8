import { fieldOf, isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { FieldPath, PathStep } from './path.ts';

/** Who wrote a field last, as the cluster keeps it. */
export interface Manager {
  name: string;
  /** RFC 3339; null when the cluster does not say. */
  at: string | null;
}

/** The last one who wrote the field, out of `metadata.managedFields`; null when the cluster does not say, as of a field that is gone. */
export function lastManager(live: JsonObject, path: FieldPath): Manager | null {
  const entries = fieldOf(live['metadata'], 'managedFields');
  const owners = (Array.isArray(entries) ? entries : []).flatMap((entry): Manager[] => {
    const name = fieldOf(entry, 'manager');
    if (typeof name !== 'string' || name === '' || !owns(fieldOf(entry, 'fieldsV1'), path)) return [];
    const at = fieldOf(entry, 'time');
    return [{ name, at: typeof at === 'string' ? at : null }];
  });
  return owners.reduce<Manager | null>((last, owner) => (last === null || (owner.at ?? '') > (last.at ?? '') ? owner : last), null);
}

/** Whether a set of fields (FieldsV1 of Kubernetes) holds the path, or a whole that the path is a part of. */
function owns(fields: unknown, path: FieldPath): boolean {
  if (!isObject(fields)) return false;
  const [step, ...rest] = path;
  const inner = Object.keys(fields).filter((key) => key !== '.');
  if (step === undefined || inner.length === 0) return true;
  return inner.some((key) => isStep(key, step) && owns(fields[key], rest));
}

function isStep(key: string, step: PathStep): boolean {
  if (typeof step === 'string') return key === `f:${step}`;
  if ('index' in step) return key === `i:${step.index}`;
  return key.startsWith('k:') && fieldOf(parsed(key.slice(2)), step.key) === step.is;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) satisfies unknown;
  } catch {
    return null;
  }
}
