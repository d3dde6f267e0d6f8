/** How much runs otherwise than it was deployed. */
export function driftText(count: number): string {
  return count === 1 ? 'Drifted: 1 field' : `Drifted: ${count} fields`;
}

/** Places in a sentence. */
export function placesText(places: readonly { environmentName: string; region: string }[]): string {
  return inWords.format(places.map(({ environmentName, region }) => `${environmentName} ${region}`));
}

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });

/** The earliest of some times; null when one of them is not known. */
export function earliest(times: readonly (string | null)[]): string | null {
  const [first = null, ...rest] = times;
  return rest.reduce((found, time) => (found === null || time === null ? null : time < found ? time : found), first);
}
