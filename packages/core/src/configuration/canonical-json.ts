import { FlowError } from '../fault/index.ts';

/**
 * The one JSON text of a value: keys in order of their code units, no white space, no undefined fields (RFC 8785 for the values that occur here).
 * Two values that mean the same give the same text, so that a hash of it can be compared.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return JSON.stringify(value);
    throw unfit('a number that is not finite');
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw unfit(typeof value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** The hash that approvals are bound to. `sha256` gives the hexadecimal digest of a UTF-8 text. */
export function contentHash(value: unknown, sha256: (text: string) => string): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}

function unfit(what: string): FlowError {
  return new FlowError({ code: 'internal', message: `Cannot be written as JSON: ${what}` });
}
