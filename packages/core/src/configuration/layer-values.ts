import { FlowError } from '../fault/index.ts';

/** Helm values, or any other tree of settings. */
export type Values = Readonly<Record<string, unknown>>;

const maxDepth = 100;

/**
 * One tree from several, the later layer winning: service ← environment ← target ← what Flow sets. Objects are merged, anything else (lists too)
 * is replaced. `undefined` leaves what is there; null replaces. A key `__proto__` is dropped.
 */
export function layerValues(...layers: readonly Values[]): Record<string, unknown> {
  return layers.reduce<Record<string, unknown>>((below, above) => merge({ below, above, depth: 0 }), {});
}

function merge(layers: { below: Values; above: Values; depth: number }): Record<string, unknown> {
  const { below, above, depth } = layers;
  if (depth > maxDepth)
    throw new FlowError({ code: 'invalid', owner: 'configuration', message: `Values are nested deeper than ${maxDepth} levels` });
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  keys.delete('__proto__');
  return Object.fromEntries([...keys].map((key) => [key, choose({ below: own(below, key), above: own(above, key), depth })]));
}

function choose(values: { below: unknown; above: unknown; depth: number }): unknown {
  const { below, above } = values;
  if (above === undefined) return isTree(below) ? merge({ below, above: {}, depth: values.depth + 1 }) : below;
  if (!isTree(above)) return above;
  return merge({ below: isTree(below) ? below : {}, above, depth: values.depth + 1 });
}

function own(values: Values, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function isTree(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
