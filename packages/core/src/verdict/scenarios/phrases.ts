import { aBallot, aGroup, anElectorate, aPerson, aPolicy, aVote } from '../../approval/testing.ts';
import type { ApprovalPolicyInput } from '../../approval/index.ts';
import { anExemption } from '../../exemption/testing.ts';
import { aFreeze, aWindow } from '../../freeze/testing.ts';
import { gate } from '../../gate/index.ts';
import { aGuardrail, aPlan, aSubject } from '../../guardrail/testing.ts';
import { aRule, anotherDeployment, someFacts } from '../../rule/testing.ts';
import type { RuleFacts, RuleInput } from '../../rule/index.ts';
import type { indexPolicies } from '../governance.ts';
import type { Governance } from '../governance.ts';
import type { DeploymentRequest, VerdictContext } from '../verdict.ts';

/** What a scenario has built up before it asks. */
export interface World {
  policies: Required<{
    [Kind in keyof Parameters<typeof indexPolicies>[0]]: NonNullable<Parameters<typeof indexPolicies>[0][Kind]>[number][];
  }>;
  facts: RuleFacts;
  governance: Partial<Governance>;
  context: Partial<VerdictContext>;
  request: Partial<DeploymentRequest>;
}

/** A quiet Monday, 11:00 in Berlin: Checkout goes to production, nothing speaks against it. */
export function quietMonday(): World {
  return {
    policies: { rules: [], freezes: [], guardrails: [], gates: [], approvals: [] },
    facts: someFacts(),
    governance: {},
    context: {},
    request: {},
  };
}

type Phrase = (world: World) => void;

const builtIn =
  (key: string, over: Partial<RuleInput> = {}, settings: Record<string, number> = {}): Phrase =>
  ({ policies }) =>
    void policies.rules.push(aRule({ id: key, effect: { kind: 'hold' }, condition: { kind: 'builtIn', use: { key, settings } }, ...over }));
const rule =
  (over: Parameters<typeof aRule>[0]): Phrase =>
  ({ policies }) =>
    void policies.rules.push(aRule(over));
const freeze =
  (over: Parameters<typeof aFreeze>[0] = {}): Phrase =>
  ({ policies }) =>
    void policies.freezes.push(
      aFreeze({
        id: 'freeze',
        title: 'Release day',
        window: aWindow({ start: '2026-03-02T08:00', end: '2026-03-02T14:00', recurrence: null }),
        ...over,
      }),
    );
const facts =
  (change: (facts: RuleFacts) => Partial<RuleFacts>): Phrase =>
  (world) => {
    world.facts = { ...world.facts, ...change(world.facts) };
  };
const artifact = (over: Partial<RuleFacts['artifact']>): Phrase => facts((known) => ({ artifact: { ...known.artifact, ...over } }));
const approvals =
  (approvedCount: number, subjectHash = 'h1', state: 'approved' | 'rejected' | 'expired' = 'approved'): Phrase =>
  (world) => {
    world.context = { ...world.context, approval: { approvedCount, subjectHash, state } };
  };
const exemption =
  (over: Parameters<typeof anExemption>[0]): Phrase =>
  (world) => {
    world.governance = { ...world.governance, exemptions: [anExemption(over)] };
  };
const security =
  (over: Partial<ApprovalPolicyInput> = {}): Phrase =>
  (world) => {
    const electorate = anElectorate([aPerson('eve', { groupIds: ['security'] }), aPerson('adam', { role: 'admin' })]);
    world.policies.approvals.push(aPolicy([aGroup('security')], { title: 'Security', ...over }));
    world.governance = { ...world.governance, voting: { ballot: aBallot(), electorate } };
  };
const ballot =
  (...given: Parameters<typeof aBallot>): Phrase =>
  (world) => {
    const electorate = world.governance.voting?.electorate ?? anElectorate([]);
    world.governance = { ...world.governance, voting: { ballot: aBallot(...given), electorate } };
  };
const guardrail =
  (limits: Parameters<typeof aGuardrail>[0]): Phrase =>
  ({ policies }) =>
    void policies.guardrails.push(aGuardrail(limits));
const testGate: Phrase = ({ policies }) =>
  void policies.gates.push(
    gate.parse({
      id: 'gate',
      revision: 1,
      title: 'Production gate',
      owner: { kind: 'tenant', name: 'Shop' },
      scope: {},
      appliesTo: {},
      enforcement: 'enforce',
      checks: [{ kind: 'tests', key: 'tests', title: 'Tests', maxAgeSeconds: 86_400 }],
    }),
  );
const tests =
  (failed: number, recordedAt = '2026-03-02T06:00:00Z', digest = 'sha256:a'): Phrase =>
  (world) => {
    world.governance = {
      ...world.governance,
      evidence: [{ kind: 'tests', id: 'e1', digest, recordedAt: new Date(recordedAt), expiresAt: null, by: 'CI', passed: 10, failed }],
    };
  };
const environment =
  (over: Partial<VerdictContext['environment']>): Phrase =>
  (world) => {
    world.context = { ...world.context, environment: { name: 'Production', requiredApprovals: 0, archivedAt: null, ...over } };
  };
const turn =
  (over: Partial<NonNullable<VerdictContext['turn']>>): Phrase =>
  (world) => {
    world.context = { ...world.context, turn: { ahead: [], circle: [], notBefore: null, ...world.context.turn, ...over } };
  };
const inFlight = { relation: 'same', serviceId: 'checkout', serviceName: 'Checkout' } as const;
const incident = (relation: 'same' | 'dependency' | 'none'): Phrase =>
  facts(() => ({
    incidents: [
      { id: 'i1', title: 'Payments fail', severity: '1', serviceName: 'Cart', relation, since: new Date('2026-03-02T08:00:00Z') },
    ],
  }));

/** What can be given, in the words of the scenarios. */
export const givens: Readonly<Record<string, Phrase>> = {
  'nothing special': () => undefined,
  'production needs one approval': environment({ requiredApprovals: 1 }),
  'one approval of exactly this': approvals(1),
  'two approvals of exactly this': approvals(2),
  'one approval of another content': approvals(1, 'h0'),
  'an approval that expired': approvals(1, 'h1', 'expired'),
  'a rejection': approvals(0, 'h1', 'rejected'),
  'production is archived': environment({ archivedAt: new Date('2026-03-01T00:00:00Z') }),
  'another deployment of it is moving here': (world) => {
    world.context = { ...world.context, active: [{ id: 'd0', state: 'deploying', requestedByName: 'Grace' }] };
  },
  'Search came before it to "Ten at once"': turn({ ahead: [{ deploymentId: 'd7', name: 'Search', limitId: 'ten', limit: 'Ten at once' }] }),
  'it was asked to start at 14:00': turn({ notBefore: new Date('2026-03-02T13:00:00Z') }),
  'Ada, who asked for it, has left since': (world) => {
    world.context = { ...world.context, asker: { name: 'Ada', mayDeploy: false } };
  },
  'it and Cart wait for each other': turn({ circle: ['Cart'] }),
  'a freeze until 14:00': freeze(),
  'a freeze until 14:00 that lets moving deployments finish their wave': freeze({ inFlight: 'finishWave' }),
  'a freeze until 14:00 that holds moving deployments': freeze({ inFlight: 'hold' }),
  'a freeze until 14:00 that names rollbacks too': freeze({ appliesTo: { actions: ['create', 'rollback'] } }),
  'a freeze until 14:00 for automation only': freeze({ appliesTo: { invokers: ['automation'] } }),
  'a freeze until 14:00 with an exception for Checkout': freeze({ exceptServiceIds: ['checkout'] }),
  'a freeze until 14:00 of staging': freeze({ scope: { environmentKinds: ['staging'] } }),
  'a freeze until 14:00 in shadow': freeze({ enforcement: 'shadow' }),
  'a second freeze from 14:00 to 16:00': freeze({
    id: 'second',
    window: aWindow({ start: '2026-03-02T14:00', end: '2026-03-02T16:00', recurrence: null }),
  }),
  'a freeze that begins at noon': freeze({
    id: 'noon',
    window: aWindow({ start: '2026-03-02T12:00', end: '2026-03-02T18:00', recurrence: null }),
  }),
  'an artifact must soak 60 minutes': builtIn('not-soaked'),
  'it soaks since 10:30': artifact({ soakingSince: new Date('2026-03-02T09:30:00Z') }),
  'it never ran below': artifact({ soakingSince: null }),
  'changes only in working hours': builtIn('outside-working-hours'),
  'changes wait for dependencies': builtIn('dependency-mid-rollout'),
  'Cart, a dependency, is mid-rollout in the same region': facts(() => ({ others: [anotherDeployment()] })),
  'Cart, a dependency, is mid-rollout elsewhere': facts(() => ({ others: [anotherDeployment({ regions: ['ap'] })] })),
  'Search, no dependency, is mid-rollout': facts(() => ({ others: [anotherDeployment({ relation: 'none', serviceName: 'Search' })] })),
  'Cart, a dependency, waits in the queue': facts(() => ({ others: [anotherDeployment({ state: 'queued' })] })),
  'one deployment of a service at a time': builtIn('service-already-deploying'),
  'Checkout is moving in another production environment': facts(() => ({
    others: [anotherDeployment({ ...inFlight, environmentId: 'prod-2' })],
  })),
  'at most ten at once in a region': builtIn('too-many-at-once', {}, { inRegion: 10 }),
  'ten are moving in the region': facts(({ targets }) => ({ targets: targets.map((target) => ({ ...target, inFlightInRegion: 10 })) })),
  'nine are moving in the region': facts(({ targets }) => ({ targets: targets.map((target) => ({ ...target, inFlightInRegion: 9 })) })),
  'what was rolled back does not return': builtIn('same-artifact-rolled-back', { effect: { kind: 'block' } }),
  'the last deployment was this artifact and was rolled back': facts(() => ({
    previous: { id: 'd0', state: 'rolledBack', digest: 'sha256:a', endedAt: new Date('2026-03-01T00:00:00Z') },
  })),
  'the last deployment was another artifact and was rolled back': facts(() => ({
    previous: { id: 'd0', state: 'rolledBack', digest: 'sha256:z', endedAt: new Date('2026-03-01T00:00:00Z') },
  })),
  'no changes during incidents': builtIn('open-incident'),
  'Cart, a dependency, has an incident': incident('dependency'),
  'a stranger has an incident': incident('none'),
  'without a way back two people must agree': builtIn('no-way-back', { effect: { kind: 'requireApprovals', count: 2 } }),
  'no good version is known': facts(({ targets }) => ({ targets: targets.map((target) => ({ ...target, lastGoodKnown: false })) })),
  'nothing of it runs there yet': facts(({ targets }) => ({
    targets: targets.map((target) => ({ ...target, hasRelease: false, lastGoodKnown: false })),
  })),
  'a warning when lower environments are ahead': builtIn('newer-below', { effect: { kind: 'warn' } }),
  'staging runs something newer': artifact({ newerBelow: ['Staging'] }),
  'no changes without error budget': builtIn('error-budget-spent'),
  'the error budget is spent': facts(() => ({ errorBudget: { remainingPercent: -3, burnRate: 4 } })),
  'half of the error budget is left': facts(() => ({ errorBudget: { remainingPercent: 50, burnRate: 1 } })),
  'a rule that blocks tier 1': rule({ id: 'tier', title: 'Tier 1 is closed', source: 'service.tier == "1"' }),
  'a rule that blocks tier 1, in shadow': rule({
    id: 'tier',
    title: 'Tier 1 is closed',
    source: 'service.tier == "1"',
    enforcement: 'shadow',
  }),
  'a rule that blocks tier 1, switched off': rule({
    id: 'tier',
    title: 'Tier 1 is closed',
    source: 'service.tier == "1"',
    enforcement: 'off',
  }),
  'a rule that speaks for it': rule({ id: 'for', title: 'Good', effect: { kind: 'allow' } }),
  'a rule whose label is missing': rule({ id: 'label', title: 'Needs a label', source: 'service.labels.nobody == "x"' }),
  'a rule that blocks promoting': rule({ id: 'promote', title: 'No skipping', appliesTo: { actions: ['promote'] } }),
  'a canary is required': guardrail({ canaryRequired: true }),
  'a plan without a canary': (world) => {
    world.governance = { ...world.governance, plan: aSubject() };
  },
  'a plan with a canary': (world) => {
    world.governance = {
      ...world.governance,
      plan: aSubject({ plan: aPlan([['eu']], [{ kind: 'weight', percent: 10 }, { kind: 'pause' }]) }),
    };
  },
  'a gate that asks for tests of the last day': testGate,
  'tests passed this morning': tests(0),
  'tests failed this morning': tests(2),
  'tests passed last week': tests(0, '2026-02-20T06:00:00Z'),
  'tests of another artifact passed': tests(0, '2026-03-02T06:00:00Z', 'sha256:z'),
  'this deployment is exempt from the freeze': exemption({ ruleId: 'freeze' }),
  'another deployment is exempt from the freeze': exemption({ ruleId: 'freeze', deploymentId: 'd7' }),
  'this deployment is exempt from the rule on tier 1': exemption({ ruleId: 'tier' }),
  'an exemption from the freeze that another start has used': exemption({ ruleId: 'freeze', usedBy: 'start-0' }),
  'an exemption from the freeze that ended at 10:00': exemption({ ruleId: 'freeze', endsAt: new Date('2026-03-02T09:00:00Z') }),
  'a break-glass of the freeze that needs nobody': exemption({ ruleId: 'freeze', kind: 'breakGlass' }),
  'security must approve': security(),
  'security must approve, in shadow': security({ enforcement: 'shadow' }),
  'security must approve what changes more than configuration': security({
    autoApproval: { condition: 'request.changesConfiguration && !request.changesImage', reason: 'only configuration changes' },
  }),
  'Eve of security says yes to exactly this': ballot([aVote()]),
  'Eve of security says yes to another content': ballot([aVote({ shownHash: 'h0' })]),
  'Eve of security takes her yes back': ballot([aVote({ withdrawnAt: new Date('2026-03-02T09:00:00Z') })]),
  'Eve of security wrote part of it': ballot([aVote()], { excluded: ['eve'] }),
  'it was rejected': ballot([aVote({ answer: 'reject' })], { state: 'rejected' }),
  'only configuration changes': facts(({ request }) => ({ request: { ...request, changesImage: false, changesConfiguration: true } })),
  'a break-glass of the freeze that needs two': exemption({ ruleId: 'freeze', kind: 'breakGlass', approvalsRequired: 2 }),
};

const asking = (over: Partial<RuleFacts['request']>): Phrase => facts(({ request }) => ({ request: { ...request, ...over } }));

/** What can be asked, in the words of the scenarios. */
export const whens: Readonly<Record<string, Phrase>> = {
  'Ada deploys': () => undefined,
  'automation deploys': asking({ invoker: 'automation' }),
  'Ada looks before she asks': (world) => {
    world.request = { deploymentId: null, subjectHash: null };
  },
  'Ada deploys at 14:00': (world) => {
    world.context = { ...world.context, now: new Date('2026-03-02T13:00:00Z') };
  },
  'Ada deploys on Friday at 18:00': (world) => {
    world.context = { ...world.context, now: new Date('2026-03-06T17:00:00Z') };
  },
  'Ada rolls back': (world) => {
    world.request = { kind: 'rollback' };
  },
  'Ada aborts': asking({ action: 'abort' }),
  'Ada promotes fully': asking({ action: 'promote' }),
  'the next wave begins': asking({ action: 'advance', invoker: 'automation' }),
  'a step within a wave goes on': (world) => {
    asking({ action: 'advance', invoker: 'automation' })(world);
    world.governance = { ...world.governance, beginsWave: false };
  },
};
