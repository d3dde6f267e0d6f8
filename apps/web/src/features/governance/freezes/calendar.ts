/** A day on the wall of whoever looks: `2026-12-18`. */
export type Day = string;

export interface CalendarSpan {
  startAt: string;
  endAt: string;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** The day of an instant in the viewer's zone. */
export function dayOf(at: Date): Day {
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** The first instant of a day in the viewer's zone. */
export function startOf(day: Day): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date);
}

/** So many days later; earlier when the count is negative. By the calendar: days with 23 and 25 hours count as one. */
export function addDays(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return dayOf(new Date(year, month - 1, date + count));
}

/** The first day of the month, so many months later. */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return dayOf(new Date(year, month - 1 + count, 1));
}

/** The Monday of the week of a day. */
export function mondayOf(day: Day): Day {
  return addDays(day, -((startOf(day).getDay() + 6) % 7));
}

/** The weeks that a month touches, each from Monday to Sunday. */
export function weeksOfMonth(day: Day): Day[][] {
  const month = day.slice(0, 7);
  const weeks: Day[][] = [];
  for (let monday = mondayOf(`${month}-01`); weeks.length === 0 || monday.slice(0, 7) === month; monday = addDays(monday, 7))
    weeks.push(weekOf(monday));
  return weeks;
}

/** The seven days from the Monday of the day on. */
export function weekOf(day: Day): Day[] {
  const monday = mondayOf(day);
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index));
}

/** What touches a day. An end at midnight is of the day before. */
export function spansOn<Span extends CalendarSpan>(spans: readonly Span[], day: Day): Span[] {
  const [start, end] = [startOf(day), startOf(addDays(day, 1))];
  return spans.filter((span) => new Date(span.startAt) < end && new Date(span.endAt) > start);
}

/** The part of a day that a span covers, as people read it: `all day`, `from 18:00`, `until 08:00`, `10:00 to 12:00`. */
export function partOfDay(span: CalendarSpan, day: Day): string {
  const [startAt, endAt] = [new Date(span.startAt), new Date(span.endAt)];
  const isFromBefore = startAt <= startOf(day);
  const isToAfter = endAt >= startOf(addDays(day, 1));
  if (isFromBefore && isToAfter) return 'all day';
  if (isFromBefore) return `until ${timeOf(endAt)}`;
  return isToAfter ? `from ${timeOf(startAt)}` : `${timeOf(startAt)} to ${timeOf(endAt)}`;
}

function timeOf(at: Date): string {
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
}
