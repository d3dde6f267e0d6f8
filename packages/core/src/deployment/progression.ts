import { z } from 'zod';
import { failurePolicy } from './failure-policy.ts';

/** How a deployment goes from region to region. */
export const progression = z.strictObject({
  onFailure: failurePolicy,
  /** How many regions of a wave move at the same time; null for all of them. */
  regionsAtOnce: z.number().int().min(1).max(50).nullable(),
  /** Between which waves it waits for a person to continue. */
  pauses: z.enum(['none', 'afterFirstWave', 'afterEachWave']),
});
export type Progression = z.infer<typeof progression>;

/** Where nothing else is said: any failure takes every region back, a wave moves as one, and nobody is waited for. */
export const usualProgression: Progression = { onFailure: { kind: 'rollBackAll' }, regionsAtOnce: null, pauses: 'none' };

const pausedBefore = {
  none: () => false,
  afterFirstWave: (wave) => wave === 1,
  afterEachWave: () => true,
} as const satisfies Record<Progression['pauses'], (wave: number) => boolean>;

/** Whether a wave after the first, counted from 0, begins only when a person says so. */
export function pausesBefore({ pauses }: Progression, wave: number): boolean {
  return wave > 0 && pausedBefore[pauses](wave);
}
