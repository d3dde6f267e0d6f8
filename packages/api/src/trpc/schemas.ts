import { slug } from '@flow/core/identity';
import { z } from 'zod';

/** Input of a procedure in a tenant: the tenant's slug and the given fields, nothing else. */
export function inTenant<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<{ tenant: typeof slug } & Shape, z.core.$strict> {
  // The two shapes have no field in common: no procedure names a field of its own `tenant`.
  return z.strictObject({ tenant: slug, ...shape }) as z.ZodObject<{ tenant: typeof slug } & Shape, z.core.$strict>;
}

/** Any id of Flow. */
export const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'not an id');

/** Which page of a list. */
export const pageFields = { cursor: z.string().min(1).max(300).optional(), limit: z.number().int().min(1).max(100).default(50) };

/** A time, written as ISO 8601 in UTC. */
export const instant = z.date().transform((date) => date.toISOString());

/** One page of a list. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; nextCursor: z.ZodNullable<z.ZodString> }, z.core.$strip> {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The answer of a change that has nothing to say but that it was made. */
export const done = z.object({ ok: z.literal(true) });

/** Whether an action is open to this person now, and if not, why. */
export function abilityOf<Action extends z.ZodType>(
  action: Action,
): z.ZodObject<{ action: Action; allowed: z.ZodBoolean; why: z.ZodString }, z.core.$strip> {
  return z.object({ action, allowed: z.boolean(), why: z.string() });
}
