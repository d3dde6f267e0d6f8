/** What runs in the regions of one environment, in few words: one version, or each with the regions it is in. */
export function versionsText(running: readonly { version: string; region: string }[]): string {
  const regions = new Map<string, string[]>();
  for (const { version, region } of running) regions.set(version, [...(regions.get(version) ?? []), region]);
  const [only] = regions.keys();
  if (only === undefined) return '–';
  if (regions.size === 1) return only;
  return [...regions].map(([version, where]) => `${version} (${where.toSorted().join(', ')})`).join(', ');
}
