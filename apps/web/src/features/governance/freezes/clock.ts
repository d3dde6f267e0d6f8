/** The time now. */
export function now(): Date {
  return new Date();
}

/** The zone of whoever looks, by its name in the IANA database. */
export function viewerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
