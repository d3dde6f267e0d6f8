import { z } from 'zod';
import { failurePolicy } from './failure-policy.ts';

/**
 * What is done with a region whose cluster cannot be reached when its turn comes: it is waited for, or it is skipped once that has lasted for so long, and caught up
 * when the cluster is back.
 */
export const whenUnreachable = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('wait') }),
  z.strictObject({ kind: z.literal('skip'), afterSeconds: z.number().int().min(0).max(86_400) }),
]);
export type WhenUnreachable = z.infer<typeof whenUnreachable>;

/** How a deployment goes from region to region. */
export const progression = z.strictObject({
  onFailure: failurePolicy,
  /** How many regions of a wave move at the same time; null for all of them. */
  regionsAtOnce: z.number().int().min(1).max(50).nullable(),
  /** Between which waves it waits for a person to continue. */
  pauses: z.enum(['none', 'afterFirstWave', 'afterEachWave']),
  /** Plans that were made before it could be chosen wait. */
  whenUnreachable: whenUnreachable.default({ kind: 'wait' }),
});
export type Progression = z.infer<typeof progression>;

/** Where nothing else is said: any failure takes every region back, a wave moves as one, no person is waited for, and no region is skipped. */
export const usualProgression: Progression = {
  onFailure: { kind: 'rollBackAll' },
  regionsAtOnce: null,
  pauses: 'none',
  whenUnreachable: { kind: 'wait' },
};

const pausedBefore = {
  none: () => false,
  afterFirstWave: (wave) => wave === 1,
  afterEachWave: () => true,
} as const satisfies Record<Progression['pauses'], (wave: number) => boolean>;

/** Whether a wave after the first, counted from 0, begins only when a person says so. */
export function pausesBefore({ pauses }: Progression, wave: number): boolean {
  return wave > 0 && pausedBefore[pauses](wave);
}
