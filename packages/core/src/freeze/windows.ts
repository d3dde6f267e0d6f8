import { matchesScope } from '../rule/index.ts';
import type { Place } from '../rule/index.ts';
import type { Freeze, FreezeWindow } from './freeze.ts';
import { occurrencesOf } from './recurrence.ts';
import type { Occurrences, Span } from './recurrence.ts';

/** The most that can follow each other without a gap before a freeze counts as one that never ends. */
const maxTouching = 500;
const read = new WeakMap<FreezeWindow, Occurrences>();

/** What a window says is read once for each object: a new revision is a new object, and none is ever changed. */
function readWindow(window: FreezeWindow): Occurrences {
  const known = read.get(window);
  if (known !== undefined) return known;
  const made = remembering(occurrencesOf(window));
  read.set(window, made);
  return made;
}

/** From an instant up to the end of what was found for it the answer is the same: the clock goes forward, so it is asked again and again. */
function remembering(occurrences: Occurrences): Occurrences {
  let last: { from: number; found: Span } | null = null;
  return {
    touching: occurrences.touching,
    coveringOrNext(at) {
      const time = at.getTime();
      if (last !== null && last.from <= time && time < last.found.endAt.getTime()) return last.found;
      const found = occurrences.coveringOrNext(at);
      last = found === null ? null : { from: time, found };
      return found;
    },
  };
}

/** The occurrence that is in force at the instant; null when none is. An occurrence holds its start and not its end. */
export function activeAt(window: FreezeWindow, at: Date): Span | null {
  const found = readWindow(window).coveringOrNext(at);
  return found !== null && found.startAt <= at ? found : null;
}

/** The occurrences that touch the range from `from` up to `to`, in order; at most `limit` of them (1,000 unless said). */
export function occurrences(window: FreezeWindow, range: { from: Date; to: Date; limit?: number }): readonly Span[] {
  return readWindow(window).touching(range.from, range.to, range.limit);
}

/** When the next occurrence begins after the instant; null when none does. */
export function nextStart(window: FreezeWindow, after: Date): Date | null {
  const read = readWindow(window);
  let found = read.coveringOrNext(after);
  // One that is running is passed over.
  for (let count = 0; found !== null && found.startAt <= after && count < maxTouching; count += 1) found = read.coveringOrNext(found.endAt);
  return found === null || found.startAt <= after ? null : found.startAt;
}

/** When it is over that is in force at the instant, with all that follows without a gap; the instant itself when none is in force; null when no end is found. */
export function freeFrom(window: FreezeWindow, at: Date): Date | null {
  let free = at;
  for (let count = 0; count < maxTouching; count += 1) {
    const active = activeAt(window, free);
    if (active === null) return free;
    free = active.endAt;
  }
  return null;
}

/** When the freeze that is in force ends; null when none is in force, or when it never does. */
export function nextEnd(window: FreezeWindow, at: Date): Date | null {
  return activeAt(window, at) === null ? null : freeFrom(window, at);
}

/** Whether the freeze covers the place: its scope does, and the service is not excepted. */
export function freezes({ scope, exceptServiceIds }: Freeze, place: Place): boolean {
  return matchesScope(scope, place) && !exceptServiceIds.includes(place.serviceId);
}

/** Who is affected by a freeze that is being written: the places that it would hold, in their order. Empty is worth a warning. */
export function affectedBy<P extends Place>(found: Freeze, places: readonly P[]): readonly P[] {
  return places.filter((place) => freezes(found, place));
}

/** Something about a window that its author should know before it is saved. An `error` may not be saved. */
export interface WindowProblem {
  severity: 'error' | 'warning';
  message: string;
}

/** Looks for what cannot be seen from the form of a window: a recurrence that cannot be read, never occurs, or leaves no gap. */
export function checkWindow(window: FreezeWindow, now: Date): readonly WindowProblem[] {
  try {
    const read = readWindow(window);
    const first = read.coveringOrNext(new Date(0));
    if (first === null) return [{ severity: 'error', message: 'It never takes place' }];
    if (freeFrom(window, first.startAt) === null)
      return [
        {
          severity: 'error',
          message: 'It leaves no gap: nothing would be deployed ever again. Archive the environment instead, or shorten the window',
        },
      ];
    return read.coveringOrNext(now) === null ? [{ severity: 'warning', message: 'All of it lies in the past' }] : [];
  } catch (error) {
    return [{ severity: 'error', message: messageOf(error) }];
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return text.startsWith('Maximum iterations') ? 'It never takes place' : `The recurrence cannot be read: ${text}`;
}
