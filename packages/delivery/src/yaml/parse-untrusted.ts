import { LineCounter, Parser, parseAllDocuments, type CST } from 'yaml';
import type { FieldFault } from '@flow/core/fault';

export type ParsedYaml = { ok: true; documents: readonly unknown[] } | { ok: false; faults: readonly FieldFault[] };

const maxBytes = 1024 * 1024;
const maxDepth = 100;
const maxAliasCount = 50;

/**
 * Parses YAML that someone else wrote: at most 1 MB (or `limitBytes`), 100 levels and 50 aliases, no duplicate keys. Faults name line and column.
 * Empty documents are left out.
 */
export function parseUntrustedYaml(text: string, limitBytes: number = maxBytes): ParsedYaml {
  if (Buffer.byteLength(text) > limitBytes) return refuse('', `The text is larger than ${Math.round(limitBytes / 1024)} kB`);
  try {
    if (isTooDeep(text)) return refuse('', `The text is nested deeper than ${maxDepth} levels`);
    return readDocuments(text);
  } catch (cause) {
    // A RangeError is an overflowed stack, a ReferenceError too many aliases: both are hostile text, not a fault of Flow.
    const why = cause instanceof RangeError ? 'it is nested too deep' : 'it uses aliases that cannot be resolved or too many of them';
    return refuse('', `The text cannot be read as YAML: ${why}`);
  }
}

function readDocuments(text: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const faults: FieldFault[] = [];
  const documents: unknown[] = [];
  for (const document of parseAllDocuments(text, {
    lineCounter,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
  })) {
    for (const error of document.errors) {
      const at = lineCounter.linePos(error.pos[0]);
      faults.push({ path: `line ${at.line}, column ${at.col}`, message: error.message });
    }
    if (document.errors.length > 0) continue;
    const value: unknown = document.toJS({ maxAliasCount });
    if (value !== null && value !== undefined) documents.push(value);
  }
  return faults.length === 0 ? { ok: true, documents } : { ok: false, faults };
}

/** Measures the depth on the token tree with a list of its own, since the composer works by recursion. */
function isTooDeep(text: string): boolean {
  const open: { token: CST.Token; depth: number }[] = [];
  for (const token of new Parser().parse(text)) open.push({ token, depth: 0 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > maxDepth) return true;
    for (const token of childrenOf(next.token)) open.push({ token, depth: next.depth + 1 });
  }
  return false;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((one) => one !== undefined && one !== null));
}

function refuse(path: string, message: string): ParsedYaml {
  return { ok: false, faults: [{ path, message }] };
}
