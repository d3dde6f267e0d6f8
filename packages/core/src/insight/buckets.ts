/** A stretch of time, its end not included. */
export interface Stretch {
  from: Date;
  until: Date;
}

const dayMs = 24 * 60 * 60 * 1_000;
/** Longer periods are told by weeks. */
const daysMax = 31;

/** The period of so many days that ends now: from the begin of a day in UTC, so that it is the same period all day. */
export function periodOf(days: number, now: Date): Stretch {
  return { from: new Date(startOfDay(now) - (days - 1) * dayMs), until: now };
}

/** The days of a period, or of a long one its weeks from Monday on, in UTC, oldest first. The first and the last may be parts; none is left out or told twice. */
export function bucketsOf({ from, until }: Stretch): readonly Stretch[] {
  const isLong = until.getTime() - from.getTime() > daysMax * dayMs;
  const buckets: Stretch[] = [];
  for (let at = from.getTime(); at < until.getTime();) {
    const end = Math.min(isLong ? nextMonday(at) : startOfDay(new Date(at)) + dayMs, until.getTime());
    buckets.push({ from: new Date(at), until: new Date(end) });
    at = end;
  }
  return buckets;
}

function startOfDay(at: Date): number {
  return Math.floor(at.getTime() / dayMs) * dayMs;
}

/** The first day of the epoch was a Thursday. */
function nextMonday(at: number): number {
  const day = Math.floor(at / dayMs);
  return (day + 7 - ((day + 3) % 7)) * dayMs;
}
