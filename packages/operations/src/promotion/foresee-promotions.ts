import type { NextPromotion } from '@flow/core/promotion';
import { findService } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { aboutToAsk } from '../deployment/about-to-ask.ts';
import { findRefusal } from '../deployment/refuse.ts';
import { loadNextPromotions } from './load-next-promotions.ts';
import type { RuledPromotion } from './load-next-promotions.ts';

export const foreseePromotionsInput = z.strictObject({ serviceId: z.string().min(1).max(64) });

/** What the promotion rules do next with a service, and what it waits for: the same answer by which the worker acts. */
export async function foreseePromotions(ctx: OperationContext, input: z.input<typeof foreseePromotionsInput>): Promise<RuledPromotion[]> {
  requireRight(ctx, 'service:read');
  const { serviceId } = parseInput(foreseePromotionsInput, input);
  const reader = ctx.db.prisma;
  const service = await findService(reader, ctx.tenantId, serviceId);
  if (service === null) throw notFound('service');
  if (service.archivedAt !== null) return [];
  const found = await loadNextPromotions(reader, ctx.tenantId, { service, now: ctx.now });
  const foreseen: RuledPromotion[] = [];
  for (const one of found) foreseen.push({ ...one, next: await unlessRefused(ctx, reader, { ...one, serviceId }) });
  return foreseen;
}

/** What would be promoted now and is refused by the rules, whatever one waits for, waits for another answer of theirs. */
async function unlessRefused(
  ctx: OperationContext,
  reader: Tx,
  { serviceId, rule, next }: RuledPromotion & { serviceId: string },
): Promise<NextPromotion> {
  if (next.kind !== 'promotes') return next;
  const { artifactId, version } = next;
  const about = aboutToAsk(ctx, { serviceId, environmentId: rule.toId, artifactId, kind: 'deploy', invoker: 'automation' });
  const refusal = await findRefusal(reader, ctx.tenantId, about);
  if (refusal === null) return next;
  const reasons = refusal.verdict.reasons
    .filter(({ effect }) => effect === 'deny')
    .map(({ sentence, earliestAt }) => ({ kind: 'refused' as const, sentence, until: earliestAt }));
  return { kind: 'waits', artifactId, version, until: refusal.verdict.earliestAt, reasons };
}
