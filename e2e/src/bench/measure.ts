/** The value in the middle; of an even number the mean of the two. NaN of nothing. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `share` percent lie, between neighbours by proportion. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const place = (share / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below === undefined || above === undefined ? Number.NaN : below + (above - below) * (place - Math.floor(place));
}

/** How far rounds lie apart: (largest − smallest) / median. */
export function spread(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : (Math.max(...values) - Math.min(...values)) / median(values);
}

/** What each round of one side is to the round of the other side beside it; machines that are busy for a while are so for both. */
export function ratios(flow: readonly number[], peer: readonly number[]): number[] {
  return flow.flatMap((value, round) => {
    const beside = peer[round];
    return beside === undefined ? [] : [value / beside];
  });
}

/** Runs the sides in turn, A B A B, and leaves the first round of each away: caches and compilers are cold in it. */
export async function alternate<Side extends string, Value>(
  sides: Readonly<Record<Side, () => Promise<Value>>>,
  rounds: number,
): Promise<Record<Side, Value[]>> {
  const names = Object.keys(sides).filter((name): name is Side => name in sides);
  const measured = new Map<Side, Value[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const value = await sides[name]();
      if (round > 0) measured.get(name)?.push(value);
    }
  }
  // Every side is a key of the map that was made from them.
  return Object.fromEntries(measured) as Record<Side, Value[]>;
}
