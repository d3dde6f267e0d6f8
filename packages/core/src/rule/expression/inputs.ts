import type { ASTNode } from '@marcbachmann/cel-js';
import { variables } from './declaration.ts';
import { childrenOf } from './walk.ts';

/** `[]` is "of each element". */
const each = '[]';
const loops = new Set(['exists', 'all', 'exists_one', 'filter', 'map']);

type Names = ReadonlyMap<string, Path | null>;
type Path = readonly string[];

/**
 * What of the context an expression looks at, as far as it names it: `artifact.soakMinutes`, `others[].state`, `service.labels.team`. An object or a
 * list stands for itself only where nothing of it is named. In the order of the alphabet.
 */
export function inputsOf(ast: ASTNode): readonly string[] {
  const found = new Set<string>();
  collect(ast, new Map(), (path) => found.add(written(path)));
  const isPartOf = (other: string, path: string): boolean => other.startsWith(`${path}${each}`) || other.startsWith(`${path}.`);
  return [...found].filter((path) => ![...found].some((other) => isPartOf(other, path))).toSorted();
}

function written(path: Path): string {
  return path.reduce((text, part) => (part === each ? `${text}${each}` : text === '' ? part : `${text}.${part}`), '');
}

/** Calls `see` with the longest path that stands at each place, and goes on below what is no path. */
function collect(node: ASTNode, names: Names, see: (path: Path) => void): void {
  const path = pathOf(node, names);
  if (path !== null) see(path);
  if (path === null || node.op === 'rcall') for (const [child, inside] of partsOf(node, names)) collect(child, inside, see);
}

/** The path that the node stands for; null when it is no path of the context. A list that is filtered is still that list. */
function pathOf(node: ASTNode, names: Names): Path | null {
  switch (node.op) {
    case 'id':
      return names.has(node.args) ? (names.get(node.args) ?? null) : Object.hasOwn(variables, node.args) ? [node.args] : null;
    case '.':
    case '.?':
      return extended(pathOf(node.args[0], names), node.args[1]);
    case '[]':
    case '[?]':
      return extended(pathOf(node.args[0], names), keyOf(node.args[1]));
    case 'rcall':
      return node.args[0] === 'filter' ? pathOf(node.args[1], names) : null;
    default:
      return null;
  }
}

function extended(path: Path | null, part: string): Path | null {
  return path === null ? null : [...path, part];
}

function keyOf(node: ASTNode): string {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : each;
}

/** What is below a node, each with the names that hold there. */
function partsOf(node: ASTNode, names: Names): readonly (readonly [ASTNode, Names])[] {
  if (node.op === 'rcall') return partsOfMethod(node.args, names);
  return childrenOf(node).map((child) => [child, names] as const);
}

function partsOfMethod(
  [name, receiver, given]: readonly [string, ASTNode, readonly ASTNode[]],
  names: Names,
): readonly (readonly [ASTNode, Names])[] {
  const [variable, ...bodies] = given;
  if (variable?.op === 'id' && loops.has(name)) {
    const inside = new Map([...names, [variable.args, extended(pathOf(receiver, names), each)] as const]);
    return [[receiver, names], ...bodies.map((body) => [body, inside] as const)];
  }
  if (variable?.op === 'id' && name === 'bind') {
    const [value, ...results] = bodies;
    const inside = new Map([...names, [variable.args, value === undefined ? null : pathOf(value, names)] as const]);
    return [...(value === undefined ? [] : [[value, names] as const]), ...results.map((result) => [result, inside] as const)];
  }
  return [receiver, ...given].map((part) => [part, names] as const);
}
