/** Milliseconds since 1970: the part of an id that makes ids sort by age. Nothing is decided by it. */
export function millisecondsNow(): number {
  return Date.now();
}
