/** JSON with sorted keys and without absent fields, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}

/**
 * The value as the Go client writes a status: a zero number, `false`, an empty text, list or object and an absent field are left out,
 * except under the given keys.
 */
export function withoutZeroValues(value: object, keep: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key, part]) => keep.has(key) || !isZero(part)));
}

function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === false || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}
