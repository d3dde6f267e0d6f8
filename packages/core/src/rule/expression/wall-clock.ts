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

/** Reads the clock of the zone at an instant. Throws a `RangeError` for a zone that nobody knows: zones are checked when they are saved. */
export function wallClockAt(at: Date, zone: string): WallClock {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  return {
    date: local.toPlainDate().toString(),
    month: local.month,
    dayOfMonth: local.day,
    weekday: local.dayOfWeek,
    hour: local.hour,
    minuteOfDay: local.hour * 60 + local.minute,
  };
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
