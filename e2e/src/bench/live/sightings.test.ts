import { expect, test } from 'vitest';
import { createSightings } from './sightings.ts';

test('the first sight of the wanted state counts for each observer, and no other', async () => {
  const sightings = createSightings(2);
  sightings.see(0, true);
  sightings.begin(true);
  sightings.see(0, false, Number.MAX_SAFE_INTEGER);
  const all = sightings.all();
  const start = performance.timeOrigin + performance.now();
  sightings.see(0, true, start + 1_000);
  sightings.see(0, true, start + 9_000);
  sightings.see(1, true, start + 2_000);
  const [first = 0, second = 0] = await all;
  expect(Math.round(second - first)).toBe(1_000);
});

test('who never sees it is told, not waited for without end', async () => {
  const sightings = createSightings(2, 1);
  sightings.begin(true);
  sightings.see(0, true);
  await expect(sightings.all()).rejects.toThrow('seen by 1 of 2');
});
