/** Why a JSON path cannot be followed. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

const PART = /\.([\w-]+)|\[(-?\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/**
 * Follows a path such as `{$.data[0].value}` (braces and `$` may be left out). Fields, items and quoted keys are known;
 * wildcards, filters, slices and recursion are refused by name.
 */
export function followJsonPath(path: string, value: unknown): unknown {
  let found = value;
  for (const key of readJsonPath(path)) found = step(found, key, path);
  return found;
}

/** The keys along the path. Throws `JsonPathError` for what is not supported. */
export function readJsonPath(path: string): (string | number)[] {
  const inner = /^\{(.*)\}$/s.exec(path.trim())?.[1] ?? path.trim();
  const rest = inner.startsWith('$') ? inner.slice(1) : inner.replace(/^(?=[\w])/, '.');
  const keys: (string | number)[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < rest.length) {
    const start = PART.lastIndex;
    const part = PART.exec(rest);
    if (part === null)
      throw new JsonPathError(
        `"${rest.slice(start)}" in the JSON path ${path} is not supported by the sandbox: use fields and item numbers`,
      );
    keys.push(part[2] === undefined ? (part[1] ?? part[3] ?? part[4] ?? '') : Number(part[2]));
  }
  return keys;
}

function step(value: unknown, key: string | number, path: string): unknown {
  if (Array.isArray(value) && typeof key === 'number') {
    const item: unknown = value.at(key);
    if (item === undefined) throw new JsonPathError(`array index out of bounds: index ${key}, length ${value.length}`);
    return item;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entry = Object.entries(value).find(([name]) => name === String(key));
    if (entry !== undefined) return entry[1];
  }
  throw new JsonPathError(`${key} is not found (${path})`);
}
