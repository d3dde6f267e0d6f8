import { splitList } from '../policy/scope.ts';

export type Repeats = 'none' | 'daily' | 'weekly' | 'monthly' | 'custom';

/** A recurrence as a form says it. */
export interface RecurrenceTexts {
  repeats: Repeats;
  /** Days of the week of a weekly one, such as `FR,SA`. */
  days: string;
  /** The value of an RRULE (RFC 5545, section 3.3.10) of a custom one. */
  custom: string;
}

const presets = { daily: 'FREQ=DAILY', weekly: 'FREQ=WEEKLY', monthly: 'FREQ=MONTHLY' } as const;

/** The value of the RRULE; null for a single window. A custom one is told to the server as it is typed. */
export function toRecurrence({ repeats, days, custom }: RecurrenceTexts): string | null {
  if (repeats === 'none') return null;
  if (repeats === 'custom') return custom.trim();
  const chosen = splitList(days);
  return repeats === 'weekly' && chosen.length > 0 ? `${presets.weekly};BYDAY=${chosen.join(',')}` : presets[repeats];
}

/** The form of a recurrence: one that the form has no words for is custom. */
export function toRecurrenceTexts(recurrence: string | null): RecurrenceTexts {
  if (recurrence === null) return { repeats: 'none', days: '', custom: '' };
  if (recurrence === presets.daily) return { repeats: 'daily', days: '', custom: recurrence };
  if (recurrence === presets.monthly) return { repeats: 'monthly', days: '', custom: recurrence };
  const weekly = /^FREQ=WEEKLY(?:;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*))?$/.exec(recurrence);
  return weekly === null
    ? { repeats: 'custom', days: '', custom: recurrence }
    : { repeats: 'weekly', days: weekly[1] ?? '', custom: recurrence };
}

/** The choice behind a text of a form. */
export function repeatsOf(text: string): Repeats {
  return text === 'daily' || text === 'weekly' || text === 'monthly' || text === 'custom' ? text : 'none';
}

const dayNames: Readonly<Record<string, string>> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};

/** The days of a week as a form offers them. */
export const dayOptions = Object.entries(dayNames).map(([value, label]) => ({ value, label }));

/** How people read when a freeze comes again. */
export function recurrenceText(recurrence: string | null): string {
  const { repeats, days } = toRecurrenceTexts(recurrence);
  switch (repeats) {
    case 'none':
      return 'once';
    case 'daily':
      return 'every day';
    case 'weekly':
      return days === ''
        ? 'every week'
        : `every week: ${splitList(days)
            .map((day) => dayNames[day] ?? day)
            .join(', ')}`;
    case 'monthly':
      return 'every month';
    case 'custom':
      return recurrence ?? '';
  }
}
