import type { Argument } from './run-spec.ts';
import type { KubeObject } from '../../store/index.ts';
import type { RolloutArgument } from '../model/spec.ts';

export interface ArgumentSource {
  rollout: KubeObject;
  latestHash: string;
  stableHash: string;
}

/** The values that a Rollout hands to its runs: fixed ones, the two pod hashes, and fields of the Rollout itself. */
export function resolveArguments(args: readonly RolloutArgument[], source: ArgumentSource): Argument[] {
  return args.map(({ name, value, valueFrom }) => {
    if (valueFrom?.podTemplateHashValue) {
      return { name, value: valueFrom.podTemplateHashValue === 'Latest' ? source.latestHash : source.stableHash };
    }
    if (valueFrom?.fieldRef) return { name, value: fieldOf(source.rollout, valueFrom.fieldRef.fieldPath) };
    return { name, value: value ?? '' };
  });
}

/** A field as text: `metadata.name`, `metadata.labels['team']`, `spec.replicas`. An absent field is the empty text. */
function fieldOf(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const match of path.matchAll(/([^.[\]]+)|\['([^']+)'\]|\["([^"]+)"\]/g)) {
    const key = match[1] ?? match[2] ?? match[3] ?? '';
    value = typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
  }
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
