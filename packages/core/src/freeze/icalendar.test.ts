import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportCalendar, importCalendar, occurrences } from './index.ts';
import { aWindow } from './testing.ts';

const stamp = new Date('2026-02-01T00:00:00Z');
const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', 'BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');

describe('iCalendar', () => {
  test('what is exported is read back as it was', () => {
    const event = {
      uid: 'f1@flow',
      title: 'Weekend; all, of it',
      description: 'Nobody\nis here',
      window: aWindow({ exceptions: ['2026-03-27T18:00'] }),
    };
    const utc = { uid: 'f2@flow', title: 'Once', description: '', window: aWindow({ zone: 'UTC', recurrence: null }) };
    expect(importCalendar(exportCalendar([event, utc], stamp), 'UTC')).toEqual({ events: [event, utc], refused: [] });
  });

  test('an export names the zone and the recurrence', () => {
    const text = exportCalendar([{ uid: 'f1', title: 'Weekend', description: '', window: aWindow() }], stamp);
    expect(text).toContain('DTSTART;TZID=Europe/Berlin:20260102T180000');
    expect(text).toContain('RRULE:FREQ=WEEKLY;BYDAY=FR');
    expect(text.split('\r\n').every((line) => line.length <= 75)).toBe(true);
  });

  test('an imported recurrence keeps its hours on the wall through summer time', () => {
    const { events } = importCalendar(
      calendar(
        'SUMMARY:Night',
        'DTSTART;TZID=America/New_York:20260301T220000',
        'DTEND;TZID=America/New_York:20260302T060000',
        'RRULE:FREQ=DAILY',
      ),
      'UTC',
    );
    const window = events[0]?.window ?? aWindow();
    expect(
      occurrences(window, { from: new Date('2026-03-07T12:00:00Z'), to: new Date('2026-03-09T12:00:00Z') }).map(({ startAt, endAt }) => [
        startAt.toISOString(),
        endAt.toISOString(),
      ]),
    ).toEqual([
      ['2026-03-08T03:00:00.000Z', '2026-03-08T10:00:00.000Z'],
      ['2026-03-09T02:00:00.000Z', '2026-03-09T10:00:00.000Z'],
    ]);
  });

  test('whole days, durations and times without a zone are read', () => {
    const day = importCalendar(calendar('SUMMARY:Holiday', 'DTSTART;VALUE=DATE:20261225'), 'Europe/Berlin').events[0]?.window;
    expect(day).toMatchObject({ zone: 'Europe/Berlin', start: '2026-12-25T00:00', end: '2026-12-26T00:00' });
    const lasting = importCalendar(calendar('SUMMARY:Two hours', 'DTSTART:20261225T100000', 'DURATION:PT2H'), 'Asia/Tokyo').events[0]
      ?.window;
    expect(lasting).toMatchObject({ zone: 'Asia/Tokyo', start: '2026-12-25T10:00', end: '2026-12-25T12:00' });
  });

  test.each([
    [['DTSTART:20260101T000000Z', 'DTEND:20260101T010000Z', 'STATUS:CANCELLED'], 'cancelled'],
    [['DTSTART:20260101T000000Z', 'DTEND:20260101T010000Z', 'RDATE:20260105T000000Z'], 'RDATE'],
    [['DTSTART;TZID=Custom/Zone:20260101T000000', 'DTEND;TZID=Custom/Zone:20260101T010000'], 'IANA'],
    [['DTSTART:20260101T000000Z', 'DTEND:20260101T000000Z'], 'end must come after'],
    [['SUMMARY:x'], 'no start'],
  ])('what cannot become a freeze is refused with its reason (%#)', (lines, reason) => {
    expect(importCalendar(calendar(...lines), 'UTC').refused).toEqual([
      { title: 'x' === lines[0]?.slice(8) ? 'x' : 'Freeze', reason: expect.stringContaining(reason) },
    ]);
  });

  test('text that is no calendar is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(() => importCalendar(text, 'UTC')).toThrow(RangeError);
      }),
    );
    expect(() => importCalendar('BEGIN:VCARD\r\nEND:VCARD', 'UTC')).toThrow('no iCalendar');
  });
});
