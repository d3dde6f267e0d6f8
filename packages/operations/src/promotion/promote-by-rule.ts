import { z } from 'zod';
import { parseInput, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { askForDeployment } from '../deployment/ask.ts';
import { foreseePromotions } from './foresee-promotions.ts';
import type { RuledPromotion } from './load-next-promotions.ts';

export const promoteByRuleInput = z.strictObject({ serviceId: z.string().min(1).max(64) });

// What waits is woken by what it waits for, or by the time; should that ever be missed, it is found out by this.
const waitingResyncMs = 600_000;

/**
 * Asks for what the promotion rules promote now of a service, as Flow and by the name of the rule: from there on it is a deployment like any other. However
 * often it is called, and by how many at once, one is asked for. Tells when it has to be called again; null when something else must happen first.
 */
export async function promoteByRule(
  ctx: OperationContext,
  input: z.input<typeof promoteByRuleInput>,
): Promise<{ deploymentIds: string[]; again: Date | null }> {
  requireSystem(ctx);
  const { serviceId } = parseInput(promoteByRuleInput, input);
  const enforced = (await foreseePromotions(ctx, { serviceId })).filter(({ rule }) => rule.enforcement === 'enforce');
  const deploymentIds: string[] = [];
  for (const one of enforced) {
    const deploymentId = await promote(ctx, serviceId, one);
    if (deploymentId !== null) deploymentIds.push(deploymentId);
  }
  const times = enforced.flatMap(({ next }) =>
    next.kind === 'waits' ? [Math.min(next.until?.getTime() ?? Infinity, ctx.now.getTime() + waitingResyncMs)] : [],
  );
  return { deploymentIds, again: times.length === 0 ? null : new Date(Math.min(...times)) };
}

async function promote(ctx: OperationContext, serviceId: string, { rule, next }: RuledPromotion): Promise<string | null> {
  if (next.kind !== 'promotes') return null;
  const { artifactId } = next;
  const { deploymentId } = await askForDeployment(
    { ...ctx, actor: { kind: 'system', reason: `by the promotion rule ${rule.title}` } },
    {
      serviceId,
      environmentId: rule.toId,
      artifactId,
      promotionRuleId: rule.id,
      // Two workers that decide the same at the same moment ask for one deployment.
      idempotencyKey: `promotion/${rule.toId}/${artifactId}`,
    },
  );
  return deploymentId;
}
