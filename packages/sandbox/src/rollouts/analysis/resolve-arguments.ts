import type { Argument } from './run-spec.ts';

/** A metric whose arguments are filled in, or why not. */
export type Resolved<T> = { ok: true; value: T } | { ok: false; message: string };

const PLACEHOLDER = /\{\{\s*(inputs\.)?args\.([\w.-]+)\s*\}\}/g;

/** Puts the values of the arguments where the value names them as `{{args.name}}`, in every text inside it. */
export function fillArguments<T>(value: T, args: readonly Argument[]): Resolved<T> {
  const known = new Map(args.map((argument) => [argument.name, argument.value ?? '']));
  const missing = new Set<string>();
  const fill = (part: unknown): unknown => {
    if (typeof part === 'string') {
      return part.replaceAll(PLACEHOLDER, (whole, _prefix, name: string) => {
        const found = known.get(name);
        if (found === undefined) missing.add(name);
        return found ?? whole;
      });
    }
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, fill(inner)]));
  };
  // Only texts change, so the filled value has the shape that went in.
  const filled = fill(value) as T;
  const [name] = missing;
  return name === undefined ? { ok: true, value: filled } : { ok: false, message: `failed to resolve {{args.${name}}}` };
}
