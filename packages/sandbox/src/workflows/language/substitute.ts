/** What a `{{name}}` may stand for. */
export type Scope = ReadonlyMap<string, string>;

const TAG = /\{\{\s*([A-Za-z0-9_./-]+)\s*\}\}/g;
const KNOWN_ROOTS = new Set(['inputs', 'outputs', 'workflow', 'steps', 'tasks', 'item', 'retries', 'lastRetry', 'pod', 'node']);

/** The value with each `{{name}}` in its strings replaced, however deep. A name that the scope does not hold stays as it is, as in Argo. */
export function substitute<T>(value: T, scope: Scope): T;
export function substitute(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return value.replaceAll(TAG, (whole, name: string) => scope.get(name) ?? whole);
  if (Array.isArray(value)) return value.map((part: unknown) => substitute(part, scope));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]: [string, unknown]) => [key, substitute(part, scope)]));
  }
  return value;
}

/** The first `{{name}}` that is Argo's own and has no value. Other braces (a Go template in a script, for example) are none of ours. */
export function unresolvedTag(value: unknown): string | undefined {
  for (const [whole, name] of JSON.stringify(value ?? null).matchAll(TAG)) {
    if (KNOWN_ROOTS.has(name?.split('.')[0] ?? '')) return whole;
  }
  return undefined;
}
