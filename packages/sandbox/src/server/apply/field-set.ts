import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../store/store.ts';
import { isAtomicObject, KEY_DEFAULTS, listKindAt } from '../patch/list-keys.ts';
import { isJsonObject, type JsonObject } from '../wire/json-object.ts';

/** One step of a path in `fieldsV1`: `f:name` of a field, `k:{…}` of a keyed list item, `v:…` of a set item. */
export type PathStep = string;

/** Paths of owned fields, each written as its steps joined by a newline, which no step contains. */
export type FieldSet = Set<string>;

const SEPARATOR = '\n';

/** Fields that identify the object or that only the server writes: nobody owns them. */
const NOT_OWNED = new Set([
  'f:apiVersion',
  'f:kind',
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
    'generateName',
    'managedFields',
    'selfLink',
  ].map((field) => `f:metadata${SEPARATOR}f:${field}`),
]);

interface Place {
  resource: Pick<Resource, 'group'>;
  /** Names of fields from the root, without list positions. */
  names: readonly string[];
  path: string;
}

/** Every field that the object sets: what a manager owns who sends exactly this. */
export function fieldsOf(resource: Pick<Resource, 'group'>, object: JsonObject): FieldSet {
  const found: FieldSet = new Set();
  collectObject(object, { resource, names: [], path: '' }, found);
  return found;
}

/** The steps of a path. */
export function stepsOf(path: string): PathStep[] {
  return path.split(SEPARATOR);
}

/** A path as error messages write it: `.spec.template.spec.containers[name="web"].image`. */
export function readablePath(path: string): string {
  return stepsOf(path).map(readableStep).join('');
}

/** The step that names a keyed list item. */
export function itemStep(item: JsonObject, keys: readonly string[]): PathStep {
  const identity = Object.fromEntries(
    keys.toSorted().flatMap((key) => {
      const value = item[key] ?? KEY_DEFAULTS[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return `k:${JSON.stringify(identity)}`;
}

/** The value of an object at a path, with `found: false` where it is not set. */
export function fieldAt(object: unknown, path: string): { found: boolean; value?: unknown } {
  let value = object;
  for (const step of stepsOf(path)) {
    const next = enter(value, step);
    if (!next.found) return next;
    value = next.value;
  }
  return { found: true, value };
}

/** Goes one step into a value. */
export function enter(value: unknown, step: PathStep): { found: boolean; value?: unknown; index?: number } {
  const name = step.slice(2);
  if (step.startsWith('f:')) {
    return isJsonObject(value) && Object.hasOwn(value, name) ? { found: true, value: value[name] } : { found: false };
  }
  if (!Array.isArray(value)) return { found: false };
  const wanted: unknown = JSON.parse(name);
  const index = value.findIndex((item) => (step.startsWith('v:') ? isDeepStrictEqual(item, wanted) : hasIdentity(item, wanted)));
  return index < 0 ? { found: false } : { found: true, value: value[index], index };
}

function hasIdentity(item: unknown, identity: unknown): boolean {
  if (!isJsonObject(item) || !isJsonObject(identity)) return false;
  return Object.entries(identity).every(([key, value]) => isDeepStrictEqual(item[key] ?? KEY_DEFAULTS[key], value));
}

function collectObject(object: JsonObject, place: Place, found: FieldSet): void {
  for (const [key, value] of Object.entries(object)) {
    const path = join(place.path, `f:${key}`);
    if (NOT_OWNED.has(path) || value === undefined || value === null) continue;
    collectValue(value, { ...place, names: [...place.names, key], path }, found);
  }
}

function collectValue(value: unknown, place: Place, found: FieldSet): void {
  if (isJsonObject(value) && Object.keys(value).length > 0 && !isAtomicObject(place.resource, place.names)) {
    collectObject(value, place, found);
  } else if (Array.isArray(value) && value.length > 0) collectList(value, place, found);
  else found.add(place.path);
}

function collectList(list: readonly unknown[], place: Place, found: FieldSet): void {
  const kind = listKindAt(place.resource, place.names);
  if (kind.type === 'atomic') {
    found.add(place.path);
    return;
  }
  for (const item of list) {
    if (kind.type === 'set') found.add(join(place.path, `v:${JSON.stringify(item)}`));
    else if (isJsonObject(item)) {
      const path = join(place.path, itemStep(item, kind.keys));
      found.add(path);
      collectObject(item, { ...place, path }, found);
    }
  }
}

function join(path: string, step: PathStep): string {
  return path === '' ? step : `${path}${SEPARATOR}${step}`;
}

function readableStep(step: PathStep): string {
  const name = step.slice(2);
  if (step.startsWith('f:')) return `.${name}`;
  if (step.startsWith('v:')) return `[=${name}]`;
  const identity: unknown = JSON.parse(name);
  const keys = isJsonObject(identity) ? Object.entries(identity) : [];
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

/** The set as the tree that `managedFields` holds. */
export function toFieldsV1(fields: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const path of [...fields].toSorted()) {
    let node = root;
    for (const step of stepsOf(path)) {
      const next = node[step];
      const inner: JsonObject = isJsonObject(next) ? next : {};
      node[step] = inner;
      node = inner;
    }
    node['.'] = {};
  }
  return withoutLeafMarks(root);
}

/** Reads the tree of a `managedFields` entry. */
export function fromFieldsV1(tree: unknown): FieldSet {
  const found: FieldSet = new Set();
  readTree(tree, '', found);
  return found;
}

function readTree(tree: unknown, path: string, found: FieldSet): void {
  if (!isJsonObject(tree)) return;
  const steps = Object.keys(tree);
  if (path !== '' && (steps.length === 0 || steps.includes('.'))) found.add(path);
  for (const step of steps) {
    if (step !== '.') readTree(tree[step], join(path, step), found);
  }
}

/** `.` marks a node that is owned itself; it is left out where the node has nothing below. */
function withoutLeafMarks(node: JsonObject): JsonObject {
  const steps = Object.keys(node);
  if (steps.length === 1 && steps[0] === '.') return {};
  return Object.fromEntries(
    Object.entries(node).map(([step, inner]) => [step, step === '.' || !isJsonObject(inner) ? inner : withoutLeafMarks(inner)]),
  );
}
