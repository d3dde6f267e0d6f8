'use client';

import { useSyncExternalStore } from 'react';

// One timer for everything on the page that shows a time; it stands still while nothing does.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let current = 0;

function tick(): void {
  current = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    current = Date.now();
    timer = setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function now(): number {
  if (current === 0) current = Date.now();
  return current;
}

/** The time now, once a second; undefined while the page is drawn on the server. */
export function useNow(): Date | undefined {
  const at = useSyncExternalStore(subscribe, now, () => 0);
  return at === 0 ? undefined : new Date(at);
}
