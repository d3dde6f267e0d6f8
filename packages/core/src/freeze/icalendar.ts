import ICAL from 'ical.js';
import { freezeWindow } from './freeze.ts';
import type { FreezeWindow } from './freeze.ts';

/** One event of a calendar as Flow reads and writes it. */
export interface CalendarEvent {
  uid: string;
  title: string;
  description: string;
  window: FreezeWindow;
}

export interface ImportedCalendar {
  events: readonly CalendarEvent[];
  /** Events that cannot become a freeze, with the reason. */
  refused: readonly { title: string; reason: string }[];
}

/** Largest calendar that is read, in characters, and most events of it. */
export const maxCalendarLength = 2_000_000;
const maxEvents = 2_000;

/**
 * Writes freezes as an iCalendar (RFC 5545). Times carry the name of their zone of the IANA database, which calendar programs know; `stamp` is
 * when the calendar is made.
 */
export function exportCalendar(events: readonly CalendarEvent[], stamp: Date): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.updatePropertyWithValue('version', '2.0');
  calendar.updatePropertyWithValue('prodid', '-//Flow//Freezes//EN');
  for (const event of events) calendar.addSubcomponent(toComponent(event, stamp));
  return `${calendar.toString()}\r\n`;
}

function toComponent({ uid, title, description, window }: CalendarEvent, stamp: Date): ICAL.Component {
  const component = new ICAL.Component('vevent');
  component.updatePropertyWithValue('uid', uid);
  component.updatePropertyWithValue('dtstamp', ICAL.Time.fromJSDate(stamp, true));
  component.updatePropertyWithValue('summary', title);
  if (description !== '') component.updatePropertyWithValue('description', description);
  addTime(component, 'dtstart', { wall: window.start, zone: window.zone });
  addTime(component, 'dtend', { wall: window.end, zone: window.zone });
  if (window.recurrence !== null)
    component.updatePropertyWithValue('rrule', ICAL.Recur.fromString(window.recurrence.replace(/^RRULE:/, '')));
  for (const wall of window.exceptions) addTime(component, 'exdate', { wall, zone: window.zone });
  return component;
}

function addTime(component: ICAL.Component, name: string, { wall, zone }: { wall: string; zone: string }): void {
  const property = new ICAL.Property(name, component);
  property.setValue(ICAL.Time.fromDateTimeString(`${wall}:00${zone === 'UTC' ? 'Z' : ''}`, property));
  if (zone !== 'UTC') property.setParameter('tzid', zone);
  component.addProperty(property);
}

/**
 * Reads events of an iCalendar as windows. `zone` is for times that name none. Events without a zone of the IANA database, cancelled or transparent
 * ones, changed single occurrences and recurrences by hours are refused by name. Throws a `RangeError` when the text is no calendar.
 */
export function importCalendar(text: string, zone: string): ImportedCalendar {
  if (text.length > maxCalendarLength) throw new RangeError(`A calendar has at most ${maxCalendarLength} characters`);
  const components = readComponents(text);
  const events: CalendarEvent[] = [];
  const refused: { title: string; reason: string }[] = [];
  for (const component of components.slice(0, maxEvents)) {
    const title = textOf(component, 'summary') || 'Freeze';
    const found = toEvent(component, title, zone);
    if (typeof found === 'string') refused.push({ title, reason: found });
    else events.push(found);
  }
  if (components.length > maxEvents)
    refused.push({ title: `${components.length - maxEvents} more`, reason: `at most ${maxEvents} events are read at once` });
  return { events, refused };
}

function readComponents(text: string): readonly ICAL.Component[] {
  try {
    const parsed: unknown = ICAL.parse(text);
    if (!Array.isArray(parsed)) throw new RangeError('there is nothing in it');
    const root = new ICAL.Component(Array.isArray(parsed[0]) ? parsed[0] : parsed);
    if (root.name !== 'vcalendar') throw new RangeError('it does not begin with BEGIN:VCALENDAR');
    return root.getAllSubcomponents('vevent');
  } catch (error) {
    throw new RangeError(`This is no iCalendar: ${error instanceof Error ? error.message : 'it cannot be read'}`, { cause: error });
  }
}

function toEvent(component: ICAL.Component, title: string, zone: string): CalendarEvent | string {
  const why = whyNot(component);
  if (why !== null) return why;
  const start = readTime(component, 'dtstart', zone);
  if (start === null) return 'it has no start';
  const end = readTime(component, 'dtend', start.zone) ?? endByDuration(component, start);
  const window = freezeWindow.safeParse({
    zone: start.zone,
    start: start.wall,
    end: end.wall,
    recurrence: firstText(component, 'rrule'),
    exceptions: component
      .getAllProperties('exdate')
      .flatMap((property) => property.getValues().flatMap((value) => (value instanceof ICAL.Time ? wallOf(value) : []))),
  });
  if (!window.success) return window.error.issues.map(({ message }) => message).join('; ');
  if (end.zone !== start.zone) return `it starts in ${start.zone} and ends in ${end.zone}`;
  return {
    uid: textOf(component, 'uid'),
    title: title.slice(0, 100),
    description: textOf(component, 'description').slice(0, 500),
    window: window.data,
  };
}

function whyNot(component: ICAL.Component): string | null {
  if (textOf(component, 'status').toUpperCase() === 'CANCELLED') return 'it is cancelled';
  if (textOf(component, 'transp').toUpperCase() === 'TRANSPARENT') return 'it does not take up time (TRANSP:TRANSPARENT)';
  if (component.hasProperty('recurrence-id')) return 'it changes one occurrence of another event: make it an event of its own';
  if (component.hasProperty('rdate')) return 'it has dates of its own (RDATE): make each an event';
  if (component.getAllProperties('rrule').length > 1) return 'it has more than one recurrence';
  return null;
}

interface ReadTime {
  wall: string;
  zone: string;
}

function readTime(component: ICAL.Component, name: string, zone: string): ReadTime | null {
  const property = component.getFirstProperty(name);
  const value = property?.getFirstValue();
  if (property === null || !(value instanceof ICAL.Time)) return null;
  const named = property.getFirstParameter('tzid');
  return {
    wall: wallOf(value),
    zone: value.zone === ICAL.Timezone.utcTimezone ? 'UTC' : typeof named !== 'string' || named === '' ? zone : named,
  };
}

function wallOf(time: ICAL.Time): string {
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return `${pad(time.year, 4)}-${pad(time.month)}-${pad(time.day)}T${pad(time.hour)}:${pad(time.minute)}`;
}

/** Without an end an event lasts as long as its DURATION says, a day when its start is a date (RFC 5545, section 3.6.1), else no time. */
function endByDuration(component: ICAL.Component, start: ReadTime): ReadTime {
  const first = component.getFirstPropertyValue('dtstart');
  const duration = component.getFirstPropertyValue('duration');
  if (!(first instanceof ICAL.Time)) return start;
  const end = first.clone();
  if (duration instanceof ICAL.Duration) end.addDuration(duration);
  else if (first.isDate) end.adjust(1, 0, 0, 0);
  return { wall: wallOf(end), zone: start.zone };
}

function textOf(component: ICAL.Component, name: string): string {
  return firstText(component, name) ?? '';
}

function firstText(component: ICAL.Component, name: string): string | null {
  const value: unknown = component.getFirstPropertyValue(name);
  return value === null || value === undefined ? null : String(value);
}
