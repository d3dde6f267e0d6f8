import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { FreezeWindow } from './freeze.ts';

/** One occurrence: from its start up to, not including, its end. */
export interface Span {
  startAt: Date;
  endAt: Date;
}

type Wall = Temporal.PlainDateTime;

/** The most that is searched for one occurrence: a rule such as the 30th of February ends here instead of never. */
const maxPeriods = 2_000;

/**
 * A window that can be asked for its occurrences.
 * The recurrence runs over wall times and each start and end is then looked up in the zone. RFC 5545 leaves an occurrence out whose start
 * the clocks skip in spring; a freeze must not be missing that night, so it begins with the first minute that exists (as its section 3.3.5 reads
 * such a time). Of a time that comes twice in autumn a freeze begins at the first and ends at the second.
 */
export interface Occurrences {
  /** Those that touch the range, in order. At most `limit`. */
  touching: (from: Date, to: Date, limit?: number) => readonly Span[];
  /** The one that covers the instant, or that begins first after it; null when there is none. Ended ones are passed over. */
  coveringOrNext: (at: Date) => Span | null;
}

/** Reads a window. Throws a `RangeError` that says what is wrong with its recurrence. */
export function occurrencesOf(window: FreezeWindow): Occurrences {
  const start = Temporal.PlainDateTime.from(window.start);
  const length = start.until(Temporal.PlainDateTime.from(window.end), { largestUnit: 'day' });
  const exceptions = new Set(window.exceptions);
  const span = (wall: Wall): Span => ({
    startAt: instantOf(wall, window.zone, 'compatible'),
    endAt: instantOf(wall.add(length), window.zone, 'later'),
  });
  const next = startsAfter(window, start);
  // A span is at most its length long, and a zone shifts it by no more than a day.
  const reach = length.add({ days: 2 });

  function* from(at: Date): Generator<Span> {
    let wall = next(wallOf(at, window.zone).subtract(reach), true);
    for (; wall !== null; wall = next(wall, false)) {
      const found = span(wall);
      if (!exceptions.has(wall.toString({ smallestUnit: 'minute' })) && found.endAt > at && found.startAt < found.endAt) yield found;
    }
  }

  return {
    touching(begin, end, limit = 1_000) {
      const found: Span[] = [];
      for (const one of from(begin)) {
        if (one.startAt >= end || found.length >= limit) break;
        found.push(one);
      }
      return found;
    },
    coveringOrNext(at) {
      for (const one of from(at)) return one;
      return null;
    },
  };
}

type NextStart = (after: Wall, inclusive: boolean) => Wall | null;

function startsAfter(window: FreezeWindow, start: Wall): NextStart {
  if (window.recurrence === null) return (after, inclusive) => (isLater(start, after, inclusive) ? start : null);
  const rule = readRecurrence(window, start);
  return (after, inclusive) => {
    const found = rule.next(new Date(floatingMs(after)), inclusive);
    return found === null ? null : Temporal.PlainDateTime.from(found.toString().replace(/(?:Z|[+-]\d\d:\d\d)\[.*$/, ''));
  };
}

function isLater(start: Wall, after: Wall, inclusive: boolean): boolean {
  const order = Temporal.PlainDateTime.compare(start, after);
  return inclusive ? order >= 0 : order > 0;
}

const allowed =
  /^(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))(;(INTERVAL|COUNT|UNTIL|BYDAY|BYMONTHDAY|BYMONTH|BYYEARDAY|BYWEEKNO|BYSETPOS|WKST)=[A-Z0-9,+-]+)*$/;

function readRecurrence(window: FreezeWindow, start: Wall): RRuleTemporal<Temporal.ZonedDateTime> {
  const text = (window.recurrence ?? '').replace(/^RRULE:/, '');
  if (!allowed.test(text))
    throw new RangeError(
      'a recurrence begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY and goes on with parts such as BYDAY=FR; times of day are those of the start',
    );
  return new RRuleTemporal({
    rruleString: `RRULE:${withWallUntil(text, window.zone)}`,
    dtstart: start.toZonedDateTime('UTC'),
    temporal: Temporal,
    strict: true,
    cache: false,
    maxIterations: maxPeriods,
  });
}

/** UNTIL is an instant in UTC (RFC 5545 demands it where there is a zone); here it is compared with wall times. */
function withWallUntil(text: string, zone: string): string {
  return text.replace(/UNTIL=(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?/, (...parts: (string | undefined)[]) => {
    const [, year, month, day, hour, minute, second, zulu] = parts;
    const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}`;
    const stated = Temporal.PlainDateTime.from(hour === undefined ? `${date}T23:59:59` : `${date}T${hour}:${minute ?? ''}:${second ?? ''}`);
    const wall = zulu === 'Z' ? stated.toZonedDateTime('UTC').withTimeZone(zone).toPlainDateTime() : stated;
    return `UNTIL=${wall.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')}Z`;
  });
}

/** The instant at which a wall in the zone shows this. Skipped times are those after the gap; of repeated ones `compatible` is the first, `later` the second. */
function instantOf(wall: Wall, zone: string, disambiguation: 'compatible' | 'later'): Date {
  return new Date(wall.toZonedDateTime(zone, { disambiguation }).epochMilliseconds);
}

function wallOf(at: Date, zone: string): Wall {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime();
}

function floatingMs(wall: Wall): number {
  return wall.toZonedDateTime('UTC').epochMilliseconds;
}
