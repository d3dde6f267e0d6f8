import { expect, test } from 'vitest';
import { recurrenceText, toRecurrence, toRecurrenceTexts } from './recurrence.ts';

test.each([null, 'FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=FR,SA', 'FREQ=MONTHLY', 'FREQ=YEARLY;BYMONTH=12'])(
  'the form of %s says the same again',
  (recurrence) => {
    expect(toRecurrence(toRecurrenceTexts(recurrence))).toBe(recurrence);
  },
);

test('a recurrence that the form has no words for stays as it was written', () => {
  expect(toRecurrenceTexts('FREQ=WEEKLY;BYDAY=1FR')).toMatchObject({ repeats: 'custom', custom: 'FREQ=WEEKLY;BYDAY=1FR' });
});

test('days are read by their names', () => {
  expect(recurrenceText('FREQ=WEEKLY;BYDAY=FR,SA')).toBe('every week: Friday, Saturday');
  expect(recurrenceText(null)).toBe('once');
});
