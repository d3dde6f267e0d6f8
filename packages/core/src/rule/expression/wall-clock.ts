import { Temporal } from 'temporal-polyfill';
import type { WorkingHours } from '../facts.ts';

/** What a clock and a calendar on the wall show in a zone. */
export interface WallClock {
  date: string;
  month: number;
  dayOfMonth: number;
  /** ISO: 1 is Monday, 7 is Sunday. */
  weekday: number;
  hour: number;
  minuteOfDay: number;
}

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const maxKept = 256;
/** The offset of a zone in one quarter of an hour: clocks change at the full quarter only. */
const kept = new Map<string, { quarter: number; offsetMs: number }>();

/** Reads the clock of the zone at an instant. Throws a `RangeError` for a zone that nobody knows: zones are checked when they are saved. */
export function wallClockAt(at: Date, zone: string): WallClock {
  const local = new Date(at.getTime() + offsetOf(at.getTime(), zone));
  const weekday = local.getUTCDay();
  return {
    date: local.toISOString().slice(0, -14),
    month: local.getUTCMonth() + 1,
    dayOfMonth: local.getUTCDate(),
    weekday: weekday === 0 ? 7 : weekday,
    hour: local.getUTCHours(),
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
  };
}

function offsetOf(at: number, zone: string): number {
  const quarter = Math.floor(at / quarterMs);
  const known = kept.get(zone);
  if (known?.quarter === quarter) return known.offsetMs;
  const offsetMs = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000;
  if (kept.size >= maxKept) kept.clear();
  kept.set(zone, { quarter, offsetMs });
  return offsetMs;
}

/** Whether the zone is one of the IANA database, as the engine of this process knows it. */
export function isKnownZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** Whether the team is at work: the day is one of its days, and the minute is at or after the start and before the end. */
export function isWorking(hours: WorkingHours, { weekday, minuteOfDay }: WallClock): boolean {
  return hours.days.includes(weekday) && minuteOfDay >= hours.startMinute && minuteOfDay < hours.endMinute;
}
