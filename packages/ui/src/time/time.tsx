'use client';

import { formatDuration, formatRelative } from './format.ts';
import { useNow } from './now-clock.ts';

/** A moment: relative to now, and in the viewer's zone on hover. */
export function Time({ at }: { at: string | Date | null }) {
  const now = useNow();
  if (at === null) return <span className="text-muted">never</span>;
  const date = typeof at === 'string' ? new Date(at) : at;
  const absolute = now === undefined ? date.toISOString() : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
  return (
    <time dateTime={date.toISOString()} title={absolute} className="text-muted whitespace-nowrap tabular-nums">
      {now === undefined ? date.toISOString().slice(0, 16).replace('T', ' ') : formatRelative(date, now)}
    </time>
  );
}

/** How long something took, or has been going on for. */
export function Duration({ from, to }: { from: string | Date | null; to: string | Date | null }) {
  const now = useNow();
  if (from === null) return null;
  const end = to === null ? now : new Date(to);
  return (
    <span className="whitespace-nowrap tabular-nums">
      {end === undefined ? '' : formatDuration(end.getTime() - new Date(from).getTime())}
    </span>
  );
}
