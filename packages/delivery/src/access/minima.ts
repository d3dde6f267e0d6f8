/** The oldest versions that Flow works with. Older Argo Workflows can be brought down by one annotation on a pod, or loses locks and outputs. */
export const minima = { kubernetes: '1.31.0', workflows: '4.0.6', rollouts: '1.10.1' } as const;

/** Compares a version such as `v1.37.2`, `1.31` or `v4.0.6-rc1` with a minimum; null when it is not one. */
export function isAtLeast(version: string, minimum: string): boolean | null {
  const found = numbersOf(version);
  const wanted = numbersOf(minimum);
  if (found === null || wanted === null) return null;
  for (const [index, least] of wanted.entries()) {
    const part = found[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

function numbersOf(version: string): number[] | null {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return parts === null ? null : parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
}
