import type { Plan } from '../deployment/index.ts';
import { aPlan } from '../guardrail/testing.ts';
import type { indexPolicies } from '../verdict/index.ts';
import type { Governance, VerdictContext } from '../verdict/index.ts';
import { aContext, aGovernance, aRequest, monday } from '../verdict/testing.ts';
import { usualOf } from './usual.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;

/** A moment so many minutes after Monday, 11:00 in Berlin. */
export function inMinutes(minutes: number): Date {
  return new Date(monday.getTime() + minutes * minuteMs);
}

/** Every part takes a minute, unless the test says otherwise. */
const minuteEach = Object.fromEntries(
  Object.keys(usualOf({ targets: [], approvals: [] })).map((kind) => [kind, { seconds: 60, sampleCount: 3 }]),
) as ReturnType<typeof usualOf>;

interface WorldInput extends Partial<Omit<World, 'context'>> {
  policies?: Parameters<typeof indexPolicies>[0];
  governance?: Partial<Governance>;
  context?: Partial<VerdictContext>;
  plan?: Plan;
}

/** A deployment of two waves with a canary that nothing stands against. */
export function aWorld({ policies = {}, governance = {}, context = {}, ...over }: WorldInput = {}): World {
  const steps = [{ kind: 'weight', percent: 20 } as const, { kind: 'pause', durationSeconds: 600 } as const];
  const governed = aGovernance(policies, governance);
  return {
    request: aRequest(),
    context: { ...aContext(governed, context), governance: governed },
    plan: { ...aPlan([['eu'], ['us']], steps), bakeTimeSeconds: 300 },
    usual: minuteEach,
    others: [],
    readyAt: monday,
    approvedAt: inMinutes(30),
    ...over,
  };
}
