import type { Guardrail, RunConsequence, Violation } from './guardrail.ts';

/** What is known of a running deployment at one time. */
export interface RunSubject {
  startedAt: Date;
  now: Date;
  /** Newest values, of the service and of those that call it or are called by it. */
  metrics: readonly { metric: string; of: 'service' | 'neighbour'; serviceName: string; value: number }[];
  /** Names of the regions that have failed. */
  failedRegions: readonly string[];
}

export interface RunCheck {
  /** The hardest consequence of any violation. */
  consequence: 'none' | RunConsequence;
  violations: readonly (Violation & { consequence: RunConsequence })[];
}

type Found = {
  limitName: 'metrics' | 'failedRegionsMax' | 'durationMaxSeconds';
  value: string;
  limit: string;
  sentence: string;
  consequence: RunConsequence;
};

/** Holds a running deployment against every limit of the guardrails. */
export function checkRun(subject: RunSubject, guardrails: readonly Guardrail[]): RunCheck {
  const violations = guardrails.flatMap((guardrail) =>
    [...overMetrics(subject, guardrail), ...overBudget(subject, guardrail), ...overTime(subject, guardrail)].map((found) => ({
      guardrailId: guardrail.id,
      guardrailTitle: guardrail.title,
      owner: guardrail.owner.name,
      ...found,
      sentence: `${found.sentence} (${guardrail.title} of ${guardrail.owner.name})`,
      mendable: false,
    })),
  );
  const hardest = violations.some(({ consequence }) => consequence === 'abort') ? 'abort' : 'hold';
  return { consequence: violations.length === 0 ? 'none' : hardest, violations };
}

/** A value that is not a number says nothing about the service and crosses no limit; missing analysis is found by the plan's own check. */
function overMetrics({ metrics }: RunSubject, { run }: Guardrail): readonly Found[] {
  return run.metrics.flatMap((limit) =>
    metrics
      .filter((found) => found.metric === limit.metric && found.of === limit.of && found.value > limit.max)
      .map(({ metric, serviceName, value }) => ({
        limitName: 'metrics' as const,
        value: String(value),
        limit: String(limit.max),
        sentence: `${metric} of ${serviceName} is ${value}; at most ${limit.max} is allowed`,
        consequence: limit.consequence,
      })),
  );
}

function overBudget({ failedRegions }: RunSubject, { run: { failedRegionsMax: budget } }: Guardrail): readonly Found[] {
  if (budget === undefined || failedRegions.length <= budget.count) return [];
  const sentence = `It failed in ${failedRegions.length} regions (${failedRegions.join(', ')}); at most ${budget.count} may fail`;
  return [
    {
      limitName: 'failedRegionsMax',
      value: String(failedRegions.length),
      limit: String(budget.count),
      sentence,
      consequence: budget.consequence,
    },
  ];
}

function overTime({ startedAt, now }: RunSubject, { run: { durationMaxSeconds: most } }: Guardrail): readonly Found[] {
  const seconds = Math.floor((now.getTime() - startedAt.getTime()) / 1_000);
  if (most === undefined || seconds <= most.count) return [];
  const sentence = `It has taken ${seconds} s; at most ${most.count} s are allowed`;
  return [{ limitName: 'durationMaxSeconds', value: `${seconds} s`, limit: `${most.count} s`, sentence, consequence: most.consequence }];
}

/** When time alone will cross a limit of the run: the next instant at which it must be looked at again. Null when none is limited in time. */
export function runLimitedUntil(startedAt: Date, guardrails: readonly Guardrail[]): Date | null {
  const limits = guardrails.flatMap(({ run }) => run.durationMaxSeconds?.count ?? []);
  return limits.length === 0 ? null : new Date(startedAt.getTime() + (Math.min(...limits) + 1) * 1_000);
}
