import { systemClock } from '@flow/delivery/clock';

/** The clock of the machine: the one place where the worker reads the time. */
export const clock = systemClock;

/** The time now. */
export function now(): Date {
  return new Date();
}
