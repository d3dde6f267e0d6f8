import { canonicalJson } from '../configuration/index.ts';
import { isSameQuantity } from '../quantity/index.ts';
import { fieldOf, isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { lastManager } from './ownership.ts';
import type { FieldPath } from './path.ts';
import { isAmount, isEngine, isEngineOwned, isLeftOut, isTold, keyOfList, saysNothing } from './rules.ts';
import type { Place } from './rules.ts';

/** One field that is not as it was deployed. */
export interface Difference {
  /** Empty when the whole object is not there. */
  path: FieldPath;
  /** Undefined for what was not deployed. */
  wanted: unknown;
  /** Undefined for what is not there. */
  found: unknown;
}

/**
 * What of an object is not as it was deployed. Only what the manifest says is looked at, and what is found beyond it in places to which no server adds anything;
 * what engines own is passed over. `isAutoscaled`: an autoscaler sets its number of pods.
 */
export function compareObject(wanted: JsonObject, live: JsonObject | null, isAutoscaled = false): Difference[] {
  if (live === null) return mayBeGone(wanted) ? [] : [{ path: [], wanted, found: undefined }];
  const kind = String(wanted['kind']);
  const content = Object.keys(wanted).filter((field) => !notCompared.has(field));
  const differences = [
    ...['labels', 'annotations'].flatMap((field) =>
      compareValue(fieldOf(wanted['metadata'], field), fieldOf(live['metadata'], field), { kind, path: ['metadata', field] }),
    ),
    ...content.flatMap((field) => compareValue(wanted[field], fieldOf(live, field), { kind, path: [field] })),
  ];
  return differences.filter(({ path }) => {
    if (isEngineOwned({ kind, path }, isAutoscaled)) return false;
    const manager = lastManager(live, path);
    return manager === null || !isEngine(manager.name);
  });
}

const notCompared: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** A Job that is to be deleted when it has ended. */
function mayBeGone(wanted: JsonObject): boolean {
  return wanted['kind'] === 'Job' && fieldOf(wanted['spec'], 'ttlSecondsAfterFinished') !== undefined;
}

function compareValue(wanted: unknown, found: unknown, place: Place): Difference[] {
  if (wanted === undefined || saysNothing(place, wanted))
    return isUnasked(found, place) ? [{ path: place.path, wanted: undefined, found }] : [];
  return compareContent(wanted, found, place);
}

function compareContent(wanted: unknown, found: unknown, place: Place): Difference[] {
  if (isObject(wanted) && isObject(found)) return compareMaps(wanted, found, place);
  if (Array.isArray(wanted) && Array.isArray(found)) return compareLists(wanted, found, place);
  return isSame(wanted, found, place.path) ? [] : [{ path: place.path, wanted, found }];
}

/** Whether it was put there by somebody, though nothing was deployed there. */
function isUnasked(found: unknown, { kind, path }: Place): boolean {
  const field = path.at(-1);
  return typeof field === 'string' && isTold({ kind, path: path.slice(0, -1) }, field, found);
}

function isSame(wanted: unknown, found: unknown, path: FieldPath): boolean {
  if (found === undefined) return isLeftOut(path, wanted);
  return canonicalJson(wanted) === canonicalJson(found) || (isAmount(path) && isSameQuantity(wanted, found));
}

function compareMaps(wanted: JsonObject, found: JsonObject, { kind, path }: Place): Difference[] {
  const fields = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...fields].flatMap((field) => compareValue(fieldOf(wanted, field), fieldOf(found, field), { kind, path: [...path, field] }));
}

function compareLists(wanted: readonly unknown[], found: readonly unknown[], place: Place): Difference[] {
  const { kind, path } = place;
  const key = keyOfList(place, [...wanted, ...found]);
  const [wantedBy, foundBy] = [itemsBy(wanted, key), itemsBy(found, key)];
  if (key === null || wantedBy === null || foundBy === null) {
    if (wanted.length !== found.length) return [{ path, wanted, found }];
    return wanted.flatMap((item, index) => compareItem(item, found[index], { kind, path: [...path, { index }] }));
  }
  return [...new Set([...wantedBy.keys(), ...foundBy.keys()])].flatMap((is) =>
    compareItem(wantedBy.get(is), foundBy.get(is), { kind, path: [...path, { key, is }] }),
  );
}

/** An item that is there on one side only is a difference as a whole. */
function compareItem(wanted: unknown, found: unknown, place: Place): Difference[] {
  if (wanted === undefined || found === undefined) return [{ path: place.path, wanted, found }];
  return compareContent(wanted, found, place);
}

/** The items of a list by their key; null when it does not tell them apart. */
function itemsBy(list: readonly unknown[], key: string | null): Map<unknown, unknown> | null {
  if (key === null) return null;
  const items = new Map(list.map((item) => [fieldOf(item, key), item]));
  return items.size === list.length && !items.has(undefined) ? items : null;
}
