import { setTimeout as pause } from 'node:timers/promises';

const everyMs = 50;

/** Looks until a condition holds; false when it does not within the time. */
export async function eventually(look: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!(await look())) {
    if (Date.now() > end) return false;
    await pause(everyMs);
  }
  return true;
}
