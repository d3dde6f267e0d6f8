import type { ImportedCalendar } from '@flow/core/freeze';

export type ReadCalendar = { ok: true; calendar: ImportedCalendar } | { ok: false; message: string };

/** Reads an iCalendar in the browser; the library for it comes with the first one. `zone` is for times that name none. */
export async function readCalendar(text: string, zone: string): Promise<ReadCalendar> {
  const { importCalendar } = await import('@flow/core/freeze');
  try {
    return { ok: true, calendar: importCalendar(text, zone) };
  } catch (error) {
    return { ok: false, message: error instanceof RangeError ? error.message : 'This calendar cannot be read' };
  }
}
