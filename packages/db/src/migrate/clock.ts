/** The time after which a new migration is named. */
export function now(): Date {
  return new Date();
}
