/** Upper bounds of the latency classes in milliseconds; each is a quarter above the one before, from 1 ms to about 60 s. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from({ length: 51 }, (_, index) => 1.25 ** index);

/** The class that a latency falls into; the last one takes all that is longer. */
export function latencyClass(latencyMs: number): number {
  if (latencyMs <= 1) return 0;
  return Math.min(LATENCY_BOUNDS_MS.length - 1, Math.ceil(Math.log(latencyMs) / Math.log(1.25) - 1e-9));
}

/** The latency that this share (0 to 1) of the requests did not exceed, in milliseconds with one decimal; 0 without requests. */
export function percentileMs(counts: readonly number[], share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const rank = share * total;
  let passed = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && passed + count >= rank) {
      const upper = LATENCY_BOUNDS_MS[index] ?? 0;
      const lower = index === 0 ? 0 : (LATENCY_BOUNDS_MS[index - 1] ?? 0);
      return Math.round((lower + ((upper - lower) * (rank - passed)) / count) * 10) / 10;
    }
    passed += count;
  }
  return 0;
}
