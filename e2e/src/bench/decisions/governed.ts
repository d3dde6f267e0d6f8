import { nobody } from '@flow/core/approval';
import { usualProgression } from '@flow/core/deployment';
import { freeze } from '@flow/core/freeze';
import { gate } from '@flow/core/gate';
import { guardrail } from '@flow/core/guardrail';
import { builtInRules, rule } from '@flow/core/rule';
import type { Rule, RuleFacts } from '@flow/core/rule';
import { indexPolicies } from '@flow/core/verdict';
import type { DeploymentRequest, Governance, Policies, VerdictContext } from '@flow/core/verdict';

/** A Monday morning at work. */
export const benchNow = new Date('2026-03-02T10:00:00Z');
const owner = { kind: 'tenant', name: 'Shop' } as const;
const written = { revision: 1, owner, scope: {}, appliesTo: {}, enforcement: 'enforce' } as const;

/** A start to production with twenty other deployments beside it. */
export function benchFacts(): RuleFacts {
  return {
    request: {
      action: 'create',
      invoker: 'person',
      kind: 'deploy',
      by: 'Ada',
      fromVersion: '1.0.0',
      toVersion: '1.1.0',
      changesImage: true,
      changesConfiguration: false,
      changesChart: false,
    },
    service: {
      id: 'checkout',
      name: 'Checkout',
      tier: '1',
      owner: 'Payments',
      labels: { team: 'payments' },
      dependencies: ['cart'],
      dependents: [],
      workingHours: { zone: 'UTC', days: [1, 2, 3, 4, 5], startMinute: 540, endMinute: 1_020 },
    },
    environment: { id: 'prod', name: 'Production', kind: 'production', labels: {} },
    targets: ['eu', 'us', 'ap'].map((region) => ({
      region,
      cluster: `c-${region}`,
      inFlightInRegion: 2,
      inFlightInCluster: 1,
      hasRelease: true,
      lastGoodKnown: true,
    })),
    others: Array.from({ length: 20 }, (_, index) => ({
      id: `d${index}`,
      serviceId: `s${index}`,
      serviceName: `Service ${index}`,
      relation: index === 0 ? ('dependency' as const) : ('none' as const),
      tenantId: 't1',
      environmentId: 'prod',
      environmentKind: 'production',
      regions: ['eu'],
      clusters: ['c-eu'],
      state: index < 5 ? ('inFlight' as const) : ('succeeded' as const),
      digest: `sha256:${index}`,
      weight: 20,
      since: new Date(benchNow.getTime() - 600_000),
    })),
    inFlight: { tenant: 5, platform: 40 },
    previous: { id: 'd0', state: 'succeeded', digest: 'sha256:0', endedAt: new Date(benchNow.getTime() - 86_400_000) },
    artifact: {
      digest: 'sha256:a',
      version: '1.1.0',
      builtAt: new Date(benchNow.getTime() - 7_200_000),
      soakingSince: new Date(benchNow.getTime() - 1_800_000),
      testsPassed: true,
      attestations: [],
      vulnerabilities: null,
      newerBelow: [],
    },
    incidents: [],
    errorBudget: null,
    approvals: { count: 0, rejected: false },
  };
}

/** A rule with a condition somebody wrote. */
export function writtenRule(id: string, source: string, scope: object = {}): Rule {
  return rule.parse({ ...written, id, title: id, scope, effect: { kind: 'hold' }, condition: { kind: 'expression', source } });
}

/** The twenty checks: ten rules that come with Flow, five limits on plans, three freezes, two gates. */
export function twentyChecks(): Policies {
  const rules = builtInRules.map(({ key, effect }) =>
    rule.parse({ ...written, id: key, title: key, effect, condition: { kind: 'builtIn', use: { key } } }),
  );
  const limits = [
    { canaryRequired: true },
    { firstStepMaxPercent: 10 },
    { stepSoakMinSeconds: 60 },
    { analysisRequired: true },
    { regionsAtOnceMax: 1 },
  ];
  const freezes = [
    ['2026-01-02T18:00', '2026-01-05T08:00', 'FREQ=WEEKLY;BYDAY=FR'],
    ['2026-12-18T18:00', '2027-01-04T08:00', null],
    ['2026-01-01T22:00', '2026-01-02T06:00', 'FREQ=DAILY'],
  ] as const;
  const checks = [{ kind: 'tests', key: 'tests', title: 'Tests' }];
  return indexPolicies({
    rules,
    guardrails: limits.map((plan, index) =>
      guardrail.parse({ id: `limit-${index}`, revision: 1, title: 'Limit', owner, scope: {}, enforcement: 'enforce', plan }),
    ),
    freezes: freezes.map(([start, end, recurrence], index) =>
      freeze.parse({
        ...written,
        id: `freeze-${index}`,
        title: 'Freeze',
        inFlight: 'finish',
        window: { zone: 'UTC', start, end, recurrence },
      }),
    ),
    gates: [0, 1].map((index) => gate.parse({ ...written, id: `gate-${index}`, title: 'Gate', checks })),
  });
}

/** A request under these policies, with all that they look at. */
export function underPolicies(policies: Policies, tenantId = 't1'): { request: DeploymentRequest; context: VerdictContext } {
  const facts = benchFacts();
  const steps = [
    { kind: 'weight', percent: 20 },
    { kind: 'pause', durationSeconds: 30 },
  ] as const;
  const target = (region: string) => ({ targetId: region, region, clusterId: `c-${region}`, namespace: 'shop', releaseName: 'checkout' });
  const governance: Governance = {
    policies,
    place: {
      tenantId,
      environmentId: 'prod',
      environmentKind: 'production',
      serviceId: 'checkout',
      tier: '1',
      regions: ['eu', 'us', 'ap'],
      labels: { team: 'payments' },
    },
    facts,
    plan: {
      plan: {
        waves: [{ targets: ['eu', 'us', 'ap'].map(target) }],
        bakeTimeSeconds: 60,
        strategy: { steps: [...steps], analysis: null },
        progression: usualProgression,
      },
      fleetSize: 3,
      workload: { replicas: 3, disruptionBudget: 1, hasResources: true },
      imageByDigest: true,
      chart: { kind: 'flow', source: 'flow' },
    },
    evidence: [],
    exemptions: [],
    voting: { ballot: null, electorate: nobody },
    useKey: null,
    beginsWave: true,
  };
  return {
    request: { deploymentId: null, kind: 'deploy', subjectHash: null },
    context: {
      now: benchNow,
      environment: { name: 'Production', requiredApprovals: 1, archivedAt: null },
      service: { name: 'Checkout', archivedAt: null },
      active: [],
      approval: null,
      governance,
    },
  };
}

/** The same request as it is loaded anew: what is kept of a place does not help the next one. */
export function inNewPlace({ governance, ...context }: VerdictContext): VerdictContext {
  return governance === undefined ? context : { ...context, governance: { ...governance, place: { ...governance.place } } };
}
