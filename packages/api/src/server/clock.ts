/** The time now: the one place where the web process reads it. */
export function now(): Date {
  return new Date();
}
