import { FlowError } from '@flow/core/fault';
import { occurrences } from '@flow/core/freeze';
import { enforcement } from '@flow/core/rule';
import type { Tx } from '@flow/db/client';
import { listPoliciesInForce } from '@flow/db/policy';
import { toPolicy } from '@flow/operations/policy';
import { z } from 'zod';
import { instant } from '../trpc/index.ts';

/** One time at which a freeze is in force. */
export const freezeOccurrence = z.object({
  policyId: z.string(),
  title: z.string(),
  zone: z.string(),
  enforcement,
  isPlatform: z.boolean(),
  startAt: instant,
  endAt: instant,
});
export type FreezeOccurrence = z.input<typeof freezeOccurrence>;

const dayMs = 24 * 60 * 60 * 1_000;
const daysMax = 100;
/** Of one freeze in one range: more would be a freeze that begins several times a day. */
const perFreezeMax = 200;

/** When the freezes that are switched on are in force from `from` up to `to`, in their order. At most 100 days. */
export async function listFreezeOccurrences(
  reader: Tx,
  tenant: { id: string; name: string },
  range: { from: Date; to: Date },
): Promise<FreezeOccurrence[]> {
  if (range.to.getTime() - range.from.getTime() > daysMax * dayMs)
    throw new FlowError({ code: 'invalid', message: `A calendar shows at most ${daysMax} days at once` });
  const rows = await listPoliciesInForce(reader, tenant.id);
  const found = rows
    .filter((row) => row.kind === 'freeze')
    .flatMap((row) => {
      const policy = toPolicy(row, tenant.name);
      if (policy.kind !== 'freeze') return [];
      const { title, window } = policy.freeze;
      const shown = { policyId: row.id, title, zone: window.zone, enforcement: row.enforcement, isPlatform: row.isPlatform };
      return occurrences(window, { ...range, limit: perFreezeMax }).map((span) => ({ ...shown, ...span }));
    });
  return found.toSorted((left, right) => left.startAt.getTime() - right.startAt.getTime() || left.title.localeCompare(right.title));
}
