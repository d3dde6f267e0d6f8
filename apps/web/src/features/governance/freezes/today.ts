'use client';

import { useSyncExternalStore } from 'react';
import { dayOf } from './calendar.ts';
import type { Day } from './calendar.ts';
import { now } from './clock.ts';

const minuteMs = 60_000;

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, minuteMs);
  return () => clearInterval(timer);
}

/** Today in the viewer's zone, also after midnight; undefined while the page is drawn on the server. */
export function useToday(): Day | undefined {
  return useSyncExternalStore(
    subscribe,
    () => dayOf(now()),
    () => undefined,
  );
}
