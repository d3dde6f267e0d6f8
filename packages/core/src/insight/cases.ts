import { z } from 'zod';
import { rollbackCauseOf } from './causes.ts';
import { deliveredAt, endingIn, isFor } from './ending.ts';
import type { DeploymentFact } from './facts.ts';
import { failuresOf } from './failures.ts';
import { approvalMs, heldMs, holdKindOf, stepSpansOf } from './spans.ts';

/**
 * What is counted or measured.
 * - `delivered`: new versions that became healthy. - `changes`: new versions that were begun, delivered or not; `failed`: those of them that failed.
 * - `lead`: from the commit until healthy. - `restored`: from a failure until the service was restored; `unrestored`: failures that are not.
 * - `back`: what went back, by cause. - `step`: time at a step of a canary. - `approval`: time until people had decided.
 * - `held`: time held, by all and by kind; `heldBy`: by one policy.
 */
export const insightNumber = z.enum([
  'delivered',
  'changes',
  'failed',
  'lead',
  'restored',
  'unrestored',
  'back',
  'step',
  'approval',
  'held',
  'heldBy',
]);
export type InsightNumber = z.infer<typeof insightNumber>;

/** One deployment behind a number; where it is about one region of it, with that. */
export const insightCase = z.strictObject({
  number: insightNumber,
  /** Which of several: the cause, the step, the kind or the policy. Empty where there is one. */
  of: z.string(),
  deploymentId: z.string(),
  serviceId: z.string(),
  environmentId: z.string(),
  version: z.string(),
  region: z.string().nullable(),
  /** When the deployment ended: by that it belongs to a period. */
  at: z.date(),
  /** How long; null where it is counted only. */
  ms: z.number().nullable(),
  sentence: z.string(),
});
export type InsightCase = z.infer<typeof insightCase>;

/** Every deployment behind every number: the figures are made from these and from nothing else. Without a region, of deployments as a whole. */
export function casesOf(facts: readonly DeploymentFact[], region: string | null): readonly InsightCase[] {
  return [...keyCasesOf(facts, region), ...facts.flatMap((fact) => wayCases(fact, region))];
}

/** Those behind the four keys. */
export function keyCasesOf(facts: readonly DeploymentFact[], region: string | null): readonly InsightCase[] {
  return [...facts.flatMap((fact) => changeCases(fact, region)), ...failureCases(facts, region)];
}

/**
 * DORA (https://dora.dev/guides/dora-metrics/) counts deployments to production, and takes the lead time from the commit until it runs there. The commit is the
 * one that the version was built from; an artifact that is deployed there again has no second lead time.
 */
function changeCases(fact: DeploymentFact, region: string | null): readonly InsightCase[] {
  const ending = endingIn(fact, region);
  if (fact.kind !== 'deploy' || ending === 'untouched') return [];
  const change = caseOf(fact, { number: 'changes', region });
  if (ending === 'failed') return [change];
  const { committedAt, isFirst } = fact;
  const leadMs = committedAt === null || !isFirst ? null : deliveredAt(fact, region).getTime() - committedAt.getTime();
  const lead = leadMs === null || leadMs < 0 ? [] : [caseOf(fact, { number: 'lead', region, ms: leadMs })];
  return [change, { ...change, number: 'delivered' }, ...lead];
}

function failureCases(facts: readonly DeploymentFact[], region: string | null): readonly InsightCase[] {
  return failuresOf(facts, region).flatMap(({ fact, failedAt, restoredAt, sentence }) => {
    const failed = caseOf(fact, { number: 'failed', region, sentence });
    if (restoredAt === null) return [failed, { ...failed, number: 'unrestored' as const }];
    // Without a known begin there is no length.
    if (failedAt === null) return [failed];
    return [failed, { ...failed, number: 'restored' as const, ms: Math.max(0, restoredAt.getTime() - failedAt.getTime()) }];
  });
}

/** What became of it on its way: why it went back, how long its canaries stood, how long it was decided about and held. */
function wayCases(fact: DeploymentFact, region: string | null): readonly InsightCase[] {
  if (!isFor(fact, region)) return [];
  const cause = rollbackCauseOf(fact, region);
  const back = cause === null ? [] : [caseOf(fact, { number: 'back', of: cause, region, sentence: fact.reason ?? '' })];
  const ms = approvalMs(fact);
  const approval = ms === null ? [] : [caseOf(fact, { number: 'approval', region: null, ms })];
  return [...back, ...approval, ...stepCases(fact, region), ...heldCases(fact)];
}

function stepCases(fact: DeploymentFact, region: string | null): readonly InsightCase[] {
  return fact.targets
    .filter((target) => region === null || target.region === region)
    .flatMap((target) => stepSpansOf(target).map(({ step, ms }) => caseOf(fact, { number: 'step', of: step, region: target.region, ms })));
}

function heldCases(fact: DeploymentFact): readonly InsightCase[] {
  const { holds, finishedAt } = fact;
  if (holds.length === 0) return [];
  const heldBy = (number: 'held' | 'heldBy', groups: ReadonlyMap<string, DeploymentFact['holds']>): readonly InsightCase[] =>
    [...groups].map(([of, group]) => caseOf(fact, { number, of, region: null, ms: heldMs(group, finishedAt) }));
  return [
    caseOf(fact, { number: 'held', region: null, ms: heldMs(holds, finishedAt) }),
    ...heldBy('held', Map.groupBy(holds, holdKindOf)),
    ...heldBy(
      'heldBy',
      Map.groupBy(holds, ({ source, policyId }) => `${source} ${policyId}`),
    ),
  ];
}

function caseOf(
  { id: deploymentId, serviceId, environmentId, version, finishedAt: at }: DeploymentFact,
  { number, of = '', region, ms = null, sentence = '' }: Partial<InsightCase> & Pick<InsightCase, 'number' | 'region'>,
): InsightCase {
  return { number, of, deploymentId, serviceId, environmentId, version, region, at, ms, sentence };
}
