'use client';

import { formatDuration, formatRelative } from './format.ts';
import { useNow } from './now-clock.ts';

/** A moment: relative to now, and in the viewer's zone on hover. */
export function Time({ at }: { at: string | Date | null }) {
  const now = useNow();
  if (at === null) return <span className="text-muted">never</span>;
  const date = typeof at === 'string' ? new Date(at) : at;
  return (
    <time dateTime={date.toISOString()} title={absolute(date, now)} className="text-muted whitespace-nowrap tabular-nums">
      {now === undefined ? date.toISOString().slice(0, 16).replace('T', ' ') : formatRelative(date, now)}
    </time>
  );
}

/** How long something took, or has been going on for; on hover from when to when, in the viewer's zone. */
export function Duration({ from, to }: { from: string | Date | null; to: string | Date | null }) {
  const now = useNow();
  if (from === null) return null;
  const start = new Date(from);
  const end = to === null ? now : new Date(to);
  const title = to === null ? `Since ${absolute(start, now)}` : `${absolute(start, now)} to ${absolute(new Date(to), now)}`;
  return (
    <span title={title} className="whitespace-nowrap tabular-nums">
      {end === undefined ? '' : formatDuration(end.getTime() - start.getTime())}
    </span>
  );
}

/** How long is left until a moment, counting down; nothing once it is past. The moment itself is shown on hover. */
export function TimeLeft({ until }: { until: string | Date }) {
  const now = useNow();
  const date = new Date(until);
  const leftMs = now === undefined ? 0 : date.getTime() - now.getTime();
  if (leftMs <= 0) return null;
  return (
    <time dateTime={date.toISOString()} title={`Until ${absolute(date, now)}`} className="whitespace-nowrap tabular-nums">
      {formatDuration(leftMs + roundUpMs)} left
    </time>
  );
}

// The last second is shown as one second left and not as none.
const roundUpMs = 999;

/** A moment with its zone; before the page is in the browser the viewer's zone is not known, and it is told in UTC. */
function absolute(date: Date, now: Date | undefined): string {
  return now === undefined ? date.toISOString() : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}
