import type { DeploymentFact, TargetFact } from './facts.ts';

const hourMs = 3_600_000;

/** So many hours after the begin of the period of these tests, a Monday. */
export function at(hours: number): Date {
  return new Date(Date.UTC(2026, 2, 2) + hours * hourMs);
}

/** The period of these tests: three days. */
export const period = { from: at(0), until: at(72) };

/** A region that became healthy at hour 3, unless said otherwise. */
export function aTarget(fields: Partial<TargetFact> = {}): TargetFact {
  return { region: 'eu', wave: 0, state: 'healthy', failedAt: null, finishedAt: at(3), progress: [], badMetric: null, ...fields };
}

/** A deployment of a person that was well in one region: committed at hour 1, healthy at hour 3, unless said otherwise. */
export function aFact(fields: Partial<DeploymentFact> = {}): DeploymentFact {
  return {
    id: 'd1',
    serviceId: 'cart',
    environmentId: 'prod',
    version: '1.0.0',
    kind: 'deploy',
    invoker: 'person',
    state: 'succeeded',
    reason: null,
    backCause: null,
    committedAt: at(1),
    isFirst: true,
    startedAt: at(2),
    finishedAt: at(3),
    targets: [aTarget()],
    aftermath: null,
    approval: null,
    holds: [],
    ...fields,
  };
}

/** One that went back by itself between the hours 3 and 4. */
export function aRolledBack(fields: Partial<DeploymentFact> = {}): DeploymentFact {
  const target = aTarget({ state: 'rolledBack', failedAt: at(3), finishedAt: at(4), badMetric: { name: 'error-rate', isMeasured: true } });
  return aFact({
    state: 'rolledBack',
    backCause: 'failure',
    reason: 'eu: the error rate was 33 %',
    finishedAt: at(4),
    targets: [target],
    ...fields,
  });
}
