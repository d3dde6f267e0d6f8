import { z } from 'zod';
import { changeAndWait } from './canary-rounds.ts';
import type { StandingCanary } from './canary.ts';
import { createSightings } from './sightings.ts';
import { openViewers } from './viewers.ts';

/** A round of Flow: changes of the Rollout as they come to so many open pages of its deployment, whose people take turns. Latencies in milliseconds. */
export async function streamRound(
  canary: StandingCanary,
  { url, cookies, viewersCount }: { url: string; cookies: readonly string[]; viewersCount: number },
): Promise<number[]> {
  const sightings = createSightings(viewersCount);
  const viewers = await openViewers(url, {
    cookies: Array.from({ length: viewersCount }, (_, index) => cookies[index % cookies.length] ?? ''),
    tenant: 'acme',
    topics: `deployment:${canary.deploymentId}`,
  });
  viewers.onFrame((viewer, data) => {
    const isHeld = heldOf(data);
    if (isHeld !== undefined) sightings.see(viewer, isHeld);
  });
  try {
    return await changeAndWait(canary, sightings);
  } finally {
    viewers.close();
  }
}

const frame = z.object({ type: z.literal('target.changed'), data: z.object({ observed: z.object({ held: z.boolean() }) }) });

function heldOf(text: string): boolean | undefined {
  return frame.safeParse(JSON.parse(text)).data?.data.observed.held;
}
