import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDrift, mended, mergePatch } from './index.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { aManifest, changed } from './testing.ts';

const objects = Object.values(aManifest());
const anObject = fc.constantFrom(...objects);

const defaults: Readonly<Record<string, object>> = {
  containers: { imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' },
  ports: { protocol: 'TCP' },
};

function withDefaults(value: unknown, field: string): unknown {
  if (field === 'cpu' && value === '0.5') return '500m';
  if (field === 'hostNetwork' && value === false) return undefined;
  if (Array.isArray(value)) return value.map((item: unknown) => withDefaults(item, `item of ${field}`));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([name, inner]): [string, unknown] => [name, withDefaults(inner, name)]);
  return { ...Object.fromEntries(fields.filter(([, inner]) => inner !== undefined)), ...defaults[field.replace('item of ', '')] };
}

/** What a server makes of an object: its own metadata, the state, defaults, amounts in its own form. */
function asStored(object: JsonObject): JsonObject {
  const server = { uid: 'u', resourceVersion: '7', generation: 2 };
  const stored = Object.entries(server).reduce((done, [field, value]) => changed(done, ['metadata', field], value), object);
  const filled = withDefaults({ ...stored, status: { phase: 'Healthy' } }, '');
  return isObject(filled) ? filled : {};
}

/** The same value with the fields of each object in an order that the numbers choose. */
function shuffled(value: unknown, numbers: readonly number[]): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, numbers));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([field, inner], index) => ({
    field,
    inner: shuffled(inner, numbers),
    at: numbers[index % numbers.length] ?? 0,
  }));
  return Object.fromEntries(fields.sort((left, right) => left.at - right.at).map(({ field, inner }) => [field, inner]));
}

type Place = readonly (string | number)[];

/** Every place of a value that is no object and no list. */
function leaves(value: unknown, path: Place = []): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([field, inner]) => leaves(inner, [...path, field]));
  return [path];
}

// What tells items and objects apart is no content of theirs, and of the label Helm makes its own.
const isContent = (path: Place): boolean =>
  (path[0] === 'spec' || path[0] === 'data' || path[1] === 'labels') &&
  !['name', 'containerPort', 'port', 'app.kubernetes.io/managed-by'].includes(String(path.at(-1)));

const aChange = anObject.chain((wanted) =>
  fc.record({
    wanted: fc.constant(wanted),
    path: fc.constantFrom(...leaves(wanted).filter(isContent)),
    to: fc.string({ minLength: 1 }).map((text) => `changed ${text}`),
  }),
);

const drift = (wanted: JsonObject, live: JsonObject) => findDrift([{ wanted, live }]);

test('nothing differs from itself, whatever a server makes of it and in whatever order its fields are', () => {
  fc.assert(
    fc.property(anObject, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (wanted, numbers) => {
      expect(drift(wanted, wanted)).toEqual([]);
      expect(drift(wanted, shuffled(asStored(wanted), numbers) as JsonObject)).toEqual([]);
    }),
  );
});

test('each planted change is found, alone, wherever it is', () => {
  fc.assert(
    fc.property(aChange, ({ wanted, path, to }) => {
      const found = drift(wanted, changed(asStored(wanted), path, to));
      expect(found.map(({ difference }) => difference.found)).toEqual([to]);
    }),
    { numRuns: 300 },
  );
});

test('mending leaves nothing that differs, and touches nothing else; its patch says the same', () => {
  fc.assert(
    fc.property(fc.array(aChange, { minLength: 1, maxLength: 4 }), (changes) => {
      const [first] = changes;
      if (first === undefined) return;
      const { wanted } = first;
      const stored = asStored(wanted);
      const live = changes.filter((one) => one.wanted === wanted).reduce((object, { path, to }) => changed(object, path, to), stored);
      const after = mended(
        live,
        drift(wanted, live).map(({ difference }) => difference),
      );
      expect(drift(wanted, after)).toEqual([]);
      expect(Object.keys(mergePatch(live, after))).not.toContain('status');
      expect(merged(live, mergePatch(live, after))).toEqual(after);
    }),
    { numRuns: 300 },
  );
});

/** RFC 7386, written down once more. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = merged(result[field], value);
  }
  return result;
}
