import { canonicalJson } from '../configuration/index.ts';
import type { Difference } from './compare.ts';
import { fieldOf, isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { placeOf } from './path.ts';
import type { FieldPath } from './path.ts';

/** A live object with what differs put back as it was deployed; everything else stays as it is. */
export function mended(live: JsonObject, differences: readonly Difference[]): JsonObject {
  return differences.reduce<JsonObject>((object, { path, wanted }) => {
    const next = withValue(object, path, wanted);
    return isObject(next) ? next : object;
  }, live);
}

function withValue(value: unknown, path: FieldPath, wanted: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return wanted;
  if (typeof step === 'string') {
    const object: JsonObject = isObject(value) ? value : {};
    const inner = withValue(fieldOf(object, step), rest, wanted);
    const { [step]: _before, ...others } = object;
    return inner === undefined ? others : { ...others, [step]: inner };
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const place = placeOf(list, step);
  const inner = withValue(list[place], rest, wanted);
  if (inner === undefined) return list.filter((_item, index) => index !== place);
  return place === -1 ? [...list, inner] : list.with(place, inner);
}

/** The JSON merge patch (RFC 7386) that makes the one object the other. */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...fields].flatMap((field): [string, unknown][] => {
      const [was, is] = [fieldOf(before, field), fieldOf(after, field)];
      if (is === undefined) return [[field, null]];
      if (isObject(was) && isObject(is)) {
        const inner = mergePatch(was, is);
        return Object.keys(inner).length === 0 ? [] : [[field, inner]];
      }
      return canonicalJson(was ?? null) === canonicalJson(is) && was !== undefined ? [] : [[field, is]];
    }),
  );
}
