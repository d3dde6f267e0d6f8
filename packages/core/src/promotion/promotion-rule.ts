import { z } from 'zod';
import { activeAt, freezeWindow, nextStart } from '../freeze/index.ts';
import type { FreezeWindow } from '../freeze/index.ts';
import { enforcement, owner, scope } from '../rule/index.ts';

const environmentId = z.string().min(1, 'choose an environment').max(64);
const inMinutes = 'whole minutes, at most 43,200 (30 days)';

/** Says that what has proved itself in one environment goes on to the next by itself. What the rules of the next say of it is asked as ever. */
export const promotionRule = z
  .strictObject({
    id: z.string().min(1).max(64),
    revision: z.number().int().positive(),
    title: z.string().min(1).max(100),
    owner,
    /** Which services, by where they would go. */
    scope,
    /** `off`: not looked at. `shadow`: shown, promotes nothing. `enforce`: promotes. */
    enforcement,
    fromId: environmentId,
    toId: environmentId,
    /** How long since it was healthy in the last of the regions of the environment that it comes from; at the end of that it must be healthy in all of them. */
    soakMinutes: z.number(inMinutes).int(inMinutes).min(0, inMinutes).max(43_200, inMinutes),
    /** The only times at which it promotes; null for any. */
    window: freezeWindow.nullable().default(null),
  })
  .refine(({ fromId, toId }) => fromId !== toId, { message: 'choose another environment than the one it comes from', path: ['toId'] });
export type PromotionRule = z.infer<typeof promotionRule>;

/** The first instant from `at` on that lies in the window; null when there is none. */
export function opensFrom(window: FreezeWindow, at: Date): Date | null {
  return activeAt(window, at) === null ? nextStart(window, at) : at;
}
