import { z } from 'zod';
import { evaluateWhen } from '../language/when.ts';
import { substitute } from '../language/substitute.ts';
import type { TemplateCall } from '../spec/schema.ts';

/** The calls that a loop makes of one call, or why it cannot. A call that is no loop is itself. */
export type Expanded<C> = { ok: true; isLoop: boolean; calls: C[] } | { ok: false; message: string };

const LONGEST_SEQUENCE = 10_000;

/** Whether the call is a loop: `withItems`, `withParam` or `withSequence`. */
function isLoop(call: TemplateCall): boolean {
  return (call.withItems ?? []).length > 0 || (call.withParam ?? '') !== '' || call.withSequence !== undefined;
}

/** One call for each item of a loop, named `name(index:item)` as in Argo. The tags of the call must be replaced before. */
export function expandCall<C extends TemplateCall>(call: C): Expanded<C> {
  if (!isLoop(call)) return { ok: true, isLoop: false, calls: [call] };
  const items = itemsOf(call);
  if (!Array.isArray(items)) {
    return isOff(call) ? { ok: true, isLoop: true, calls: [] } : { ok: false, message: items };
  }
  const { withItems: _items, withParam: _param, withSequence: _sequence, ...rest } = call;
  const calls: C[] = items.map((item, index) => {
    const scope = scopeOf(item);
    // Without its loop fields the call is still a call of the same kind: they are optional in the type.
    const single = substitute(rest, scope) as C;
    return { ...single, name: `${call.name}(${index}:${describe(item).replaceAll(/[()]/g, '')})` };
  });
  return { ok: true, isLoop: true, calls };
}

/** A loop whose `when` is false whatever the item is does not need its list. */
function isOff(call: TemplateCall): boolean {
  try {
    return !evaluateWhen(call.when);
  } catch {
    return false;
  }
}

function itemsOf(call: TemplateCall): unknown[] | string {
  const { withItems = [] } = call;
  if (withItems.length > 0) return withItems;
  if (call.withSequence !== undefined) return sequence(call.withSequence);
  const text = call.withParam ?? '';
  try {
    const parsed: unknown = JSON.parse(text);
    const list = z.array(z.unknown()).safeParse(parsed);
    if (list.success) return list.data;
    return `withParam value could not be parsed as a JSON list: ${text.trim()}: it is not a list`;
  } catch (error) {
    return `withParam value could not be parsed as a JSON list: ${text.trim()}: ${String(error)}`;
  }
}

function sequence(asked: NonNullable<TemplateCall['withSequence']>): string[] | string {
  const start = Number(asked.start ?? 0);
  const count = asked.count === undefined ? undefined : Number(asked.count);
  if (count === undefined && asked.end === undefined) return 'neither end nor count was specified in withSequence';
  const end = count === undefined ? Number(asked.end) : start + count - 1;
  const size = count ?? Math.abs(end - start) + 1;
  if (!Number.isInteger(start) || !Number.isInteger(end)) return 'withSequence takes whole numbers';
  if (size > LONGEST_SEQUENCE) return `withSequence of ${size} items: the sandbox takes up to ${LONGEST_SEQUENCE}`;
  const step = end >= start || count !== undefined ? 1 : -1;
  return Array.from({ length: size }, (_, index) => String(start + index * step));
}

function isRecord(item: unknown): item is Record<string, unknown> {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function scopeOf(item: unknown): Map<string, string> {
  const scope = new Map([['item', text(item)]]);
  if (isRecord(item)) for (const [key, value] of Object.entries(item)) scope.set(`item.${key}`, text(value));
  return scope;
}

function describe(item: unknown): string {
  if (Array.isArray(item)) return `[${item.map(text).join(' ')}]`;
  if (!isRecord(item)) return text(item);
  return Object.entries(item)
    .map(([key, value]) => `${key}:${text(value)}`)
    .toSorted()
    .join(',');
}
