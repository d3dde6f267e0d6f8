import { z } from 'zod';
import { appliesTo, enforcement, isKnownZone, owner, scope } from '../rule/index.ts';

/** A date and time on a wall, without a zone: `2026-12-18T18:00`. */
export const wallTime = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, 'a date and time like 2026-12-18T18:00');

/**
 * What happens to a deployment that is moving when a freeze begins.
 * - `finish`: it goes on to its end. `finishWave`: the wave that has begun is finished, the next one waits.
 * - `hold`: it stays at its present step. `rollBack`: it is taken back.
 */
export const inFlightEffect = z.enum(['finish', 'finishWave', 'hold', 'rollBack']);
export type InFlightEffect = z.infer<typeof inFlightEffect>;

/**
 * One window, or one that recurs. Start and end are read off a wall in the zone, for each occurrence: "Friday 18:00 to Monday 08:00" stays that
 * when summer time begins in between. `recurrence` is the value of an RRULE (RFC 5545, section 3.3.10), by day or longer.
 */
export const freezeWindow = z
  .strictObject({
    zone: z.string().refine(isKnownZone, 'use the name of a zone of the IANA database, for example Europe/Berlin'),
    start: wallTime,
    end: wallTime,
    recurrence: z.string().max(300).nullable(),
    /** Starts of occurrences that do not take place (EXDATE). */
    exceptions: z.array(wallTime).max(366).default([]),
  })
  .refine(({ start, end }) => start < end, { message: 'the end must come after the start', path: ['end'] });
export type FreezeWindow = z.infer<typeof freezeWindow>;

/** A time in which nothing in its scope is deployed. */
export const freeze = z.strictObject({
  id: z.string().min(1).max(64),
  revision: z.number().int().positive(),
  title: z.string().min(1).max(100),
  /** Why, as shown to those that it holds. */
  reason: z.string().max(500).default(''),
  owner,
  scope,
  appliesTo,
  enforcement,
  window: freezeWindow,
  inFlight: inFlightEffect,
  /** Services that the freeze does not hold although its scope covers them. */
  exceptServiceIds: z.array(z.string().min(1).max(64)).max(200).default([]),
});
export type Freeze = z.infer<typeof freeze>;
export type FreezeInput = z.input<typeof freeze>;
