const firstMs = 500;
const longestMs = 30_000;

/** Time to wait after so many failures in a row: anywhere between nothing and a limit that doubles up to 30 s, so that clients spread out. */
export function fullJitterMs(failures: number, random: () => number): number {
  return Math.floor(random() * Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16)));
}
