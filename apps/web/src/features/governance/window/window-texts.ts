import { z } from 'zod';
import { splitList } from '../policy/scope.ts';
import { repeatsOf, toRecurrence, toRecurrenceTexts } from './recurrence.ts';

const text = z.string().catch('');

/** A window in time, read leniently from a document. */
export const shownWindow = z
  .object({
    zone: text,
    start: text,
    end: text,
    recurrence: z.string().nullable().catch(null),
    exceptions: z.array(z.string()).catch([]),
  })
  .catch({ zone: '', start: '', end: '', recurrence: null, exceptions: [] });

/** The fields of a form for a window, named after the paths that the server objects to where it has them. */
export type WindowField = `document.window.${'zone' | 'start' | 'end' | 'recurrence' | 'exceptions'}` | 'repeats' | 'days';

/** What these fields begin with; a new window in the viewer's zone. */
export function toWindowTexts(document: unknown, viewerZone: string): Record<WindowField, string> {
  const { zone, start, end, recurrence, exceptions } = shownWindow.parse(document);
  const { repeats, days, custom } = toRecurrenceTexts(recurrence);
  return {
    'document.window.zone': zone === '' ? viewerZone : zone,
    'document.window.start': start,
    'document.window.end': end,
    'document.window.recurrence': custom,
    'document.window.exceptions': exceptions.join(', '),
    repeats,
    days,
  };
}

/** The window that the texts of a form say. */
export function toWindow(texts: Readonly<Record<WindowField, string>>): z.output<typeof shownWindow> {
  return {
    zone: texts['document.window.zone'].trim(),
    start: texts['document.window.start'],
    end: texts['document.window.end'],
    recurrence: toRecurrence({ repeats: repeatsOf(texts.repeats), days: texts.days, custom: texts['document.window.recurrence'] }),
    exceptions: splitList(texts['document.window.exceptions']),
  };
}
