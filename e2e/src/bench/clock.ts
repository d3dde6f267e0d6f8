/** The day, as it stands beside what was measured. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Milliseconds since the epoch, the same for every process of this machine: differences between a page and this process. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Milliseconds, for differences within this process. */
export function nowMs(): number {
  return performance.now();
}

export { setTimeout as pause } from 'node:timers/promises';
