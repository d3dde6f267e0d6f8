const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time as people say it: `45 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function formatDuration(durationMs: number): string {
  const length = Math.max(0, durationMs);
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < hour) return joined([Math.floor(length / minute), 'min'], [Math.floor((length % minute) / second), 's']);
  if (length < day) return joined([Math.floor(length / hour), 'h'], [Math.floor((length % hour) / minute), 'min']);
  return joined([Math.floor(length / day), 'd'], [Math.floor((length % day) / hour), 'h']);
}

function joined(large: readonly [number, string], small: readonly [number, string]): string {
  return small[0] === 0 ? `${large[0]} ${large[1]}` : `${large[0]} ${large[1]} ${small[0]} ${small[1]}`;
}

/** A moment as seen from now: `just now`, `5 min ago`, `in 3 h`. */
export function formatRelative(at: Date, now: Date): string {
  const distanceMs = now.getTime() - at.getTime();
  if (Math.abs(distanceMs) < 10 * second) return 'just now';
  const length = coarse(Math.abs(distanceMs));
  return distanceMs > 0 ? `${length} ago` : `in ${length}`;
}

function coarse(lengthMs: number): string {
  if (lengthMs < minute) return `${Math.floor(lengthMs / second)} s`;
  if (lengthMs < hour) return `${Math.floor(lengthMs / minute)} min`;
  if (lengthMs < day) return `${Math.floor(lengthMs / hour)} h`;
  return `${Math.floor(lengthMs / day)} d`;
}
