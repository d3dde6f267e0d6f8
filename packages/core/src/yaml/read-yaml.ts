import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';

/** A place in a text, both from 1 up. */
export interface TextPlace {
  line: number;
  column: number;
}

export type ReadYaml =
  | {
      ok: true;
      value: unknown;
      /** Where the value at a path begins, or the nearest thing above it. */
      placeOf: (path: readonly PropertyKey[]) => TextPlace;
    }
  | { ok: false; faults: (TextPlace & { message: string })[] };

const bytesMax = 256 * 1024;
const depthMax = 50;

/**
 * Reads YAML that a stranger may have written: bounded in size and depth, keys that are there twice refused, no anchors and aliases (a few lines of them
 * expand without end), and every fault with its place.
 */
export function readYaml(text: string): ReadYaml {
  if (text.length > bytesMax) return refuse('The text is larger than 256 KiB');
  if (deepestBracket(text) > depthMax) return refuse(`The text is nested deeper than ${depthMax} levels`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const broken = document.errors.map((error) => ({ ...at(lines, error.pos[0]), message: firstSentence(error.message) }));
  if (broken.length > 0) return { ok: false, faults: broken };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return { ok: true, value, placeOf: (path) => at(lines, offsetOf(document, path)) };
  } catch {
    return refuse('Anchors and aliases are not allowed: write the value out');
  }
}

function refuse(message: string): ReadYaml {
  return { ok: false, faults: [{ line: 1, column: 1, message }] };
}

function at(lines: LineCounter, offset: number): TextPlace {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Where the value at the path begins, or the key itself for an unknown key, or the nearest thing above it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const found = keyOffset(document, path.slice(0, length)) ?? rangeStart(document.getIn(path.slice(0, length), true));
    if (found !== undefined) return found;
  }
  return rangeStart(document.contents) ?? 0;
}

function keyOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1));
  return pair === undefined ? undefined : rangeStart(pair.key);
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function firstSentence(message: string): string {
  return message.split('\n')[0] ?? message;
}

/** Depth of nested flow brackets, found before parsing: a parser would recurse as deep. */
function deepestBracket(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
  }
  return deepest;
}
