import { describe, expect, test } from 'vitest';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import { gate } from '../gate/index.ts';
import { aGuardrail, aSubject } from '../guardrail/testing.ts';
import { aRule, anotherDeployment, someFacts } from '../rule/testing.ts';
import { indexPolicies } from '../verdict/index.ts';
import type { Governance } from '../verdict/index.ts';
import { aContext, aGovernance, aRequest, monday } from '../verdict/testing.ts';
import { explain, explanationAsText } from './index.ts';
import type { AllPolicies, Consideration, Explanation } from './index.ts';

function explained(policies: Partial<AllPolicies>, over: Partial<Governance> = {}, kind: 'deploy' | 'rollback' = 'deploy'): Explanation {
  const all = { rules: [], freezes: [], guardrails: [], gates: [], approvals: [], ...policies };
  const governance = { ...aGovernance(all, over), policies: indexPolicies(all) };
  return explain(aRequest({ kind }), { ...aContext(governance), governance }, all);
}
const found = ({ considered }: Explanation, id: string): Consideration => {
  const one = considered.find((candidate) => candidate.id === id);
  if (one === undefined) throw new Error(`${id} was not considered`);
  return one;
};

describe('a rule', () => {
  test('that holds shows its condition, the values it found, what lifts it, when, and who can help', () => {
    const rule = aRule({
      title: 'Soak',
      effect: { kind: 'hold' },
      source: 'artifact.soakMinutes < 2881 && environment.kind == "production"',
    });
    expect(found(explained({ rules: [rule] }), 'r1')).toEqual({
      source: 'rule',
      id: 'r1',
      revision: 1,
      title: 'Soak',
      owner: 'Shop',
      enforcement: 'enforce',
      standing: 'hold',
      sentences: ['Soak'],
      condition: 'artifact.soakMinutes < 2881 && environment.kind == "production"',
      inputs: [
        { path: 'artifact.soakMinutes', value: 2_880, elements: [] },
        { path: 'environment.kind', value: 'production', elements: [] },
      ],
      liftedBy: 'Shop, who owns the rule',
      earliestAt: new Date(monday.getTime() + 60_000),
      helps: [
        { toDo: 'change the rule', right: 'policy:manage' },
        { toDo: 'give an exemption', right: 'exemption:grant' },
      ],
    });
  });

  test('that looks at other deployments names each with what it looked at', () => {
    const rule = aRule({ effect: { kind: 'hold' }, source: 'others.exists(o, o.state == "inFlight" && o.weight > 50)' });
    const answer = found(explained({ rules: [rule] }, { facts: someFacts({ others: [anotherDeployment()] }) }), 'r1');
    expect(answer).toMatchObject({ standing: 'passes', sentences: ['Its condition is false now'], helps: [], liftedBy: '' });
    expect(answer.inputs).toEqual([{ path: 'others', value: 1, elements: [{ serviceName: 'Cart', state: 'inFlight', weight: 20 }] }]);
  });

  test.each([
    [{ enforcement: 'off' as const }, 'It is switched off'],
    [{ scope: { tiers: ['2'] } }, 'It is in force elsewhere: tiers 2'],
    [{ scope: { tenantIds: ['other'] } }, 'It is for another tenant'],
    [{ appliesTo: { invokers: ['automation' as const] } }, 'It is about automation, not about people'],
    [{ appliesTo: { actions: ['promote' as const] } }, 'It is about skipping all steps, not about a start'],
  ])('that is not asked says why: %j', (over, why) => {
    expect(found(explained({ rules: [aRule(over)] }), 'r1')).toMatchObject({ standing: 'notAsked', sentences: [why], inputs: [] });
  });

  test('that names no ways out of harm says so when something goes back', () => {
    expect(found(explained({ rules: [aRule()] }, {}, 'rollback'), 'r1').sentences).toEqual([
      'It says nothing about going back: ways out of harm are stopped only by what names them',
    ]);
  });
});

test('a freeze says when it is next, and until when it is in force', () => {
  const window = aWindow({ start: '2026-03-02T08:00', end: '2026-03-02T14:00', recurrence: null });
  const answers = explained({ freezes: [aFreeze(), aFreeze({ id: 'now', window })] });
  expect(found(answers, 'f1')).toMatchObject({ standing: 'passes', sentences: ['It is not in force now'] });
  expect(found(answers, 'f1').inputs).toContainEqual({ path: 'nextFrom', value: '2026-03-06T17:00:00.000Z', elements: [] });
  expect(found(answers, 'now').inputs).toContainEqual({ path: 'inForceUntil', value: '2026-03-02T13:00:00.000Z', elements: [] });
  expect(found(answers, 'now').helps).toEqual([
    { toDo: 'end the freeze or except the service', right: 'platformAdmin' },
    { toDo: 'give an exemption', right: 'platformAdmin' },
  ]);
});

test('a guardrail shows each limit with what the plan has', () => {
  const guardrail = aGuardrail({ canaryRequired: true, replicasMin: 2 });
  const answer = found(explained({ guardrails: [guardrail] }, { plan: aSubject({ workload: null }) }), guardrail.id);
  expect(answer.standing).toBe('deny');
  expect(answer.inputs[0]?.elements).toEqual([
    { limitName: 'canaryRequired', limit: 'a canary', value: 'no canary' },
    { limitName: 'replicasMin', limit: '2 replicas', value: 'not known yet' },
  ]);
  expect(answer.helps[0]).toEqual({ toDo: 'deploy by the nearest plan that passes', right: 'deployment:ask' });
});

test('a gate shows each check with what was found', () => {
  const tests = gate.parse({
    id: 'g1',
    revision: 1,
    title: 'Tested',
    owner: { kind: 'tenant', name: 'Shop' },
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    checks: [{ kind: 'tests', key: 'tests', title: 'Tests' }],
  });
  const evidence = {
    kind: 'tests' as const,
    id: 'e1',
    digest: 'sha256:a',
    recordedAt: monday,
    expiresAt: null,
    by: 'CI',
    passed: 12,
    failed: 0,
  };
  expect(found(explained({ gates: [tests] }, { evidence: [evidence] }), 'g1')).toMatchObject({ standing: 'passes' });
  expect(found(explained({ gates: [tests] }), 'g1').inputs[1]?.elements).toEqual([
    { title: 'Tests', state: 'waiting', found: 'Tests: there is no evidence yet', countsUntil: null },
  ]);
});

test('as text it reads from the answer to the last rule that was not asked', () => {
  const rules = [
    aRule({ id: 'r1', title: 'Closed', source: 'service.tier == "1"' }),
    aRule({ id: 'r2', title: 'Later', enforcement: 'off' }),
  ];
  expect(explanationAsText(explained({ rules }), ({ helps }) => helps.map(({ toDo }) => `Ada can ${toDo}`)).join('\n')).toBe(
    `No. Asked at 2026-03-02T10:00:00.000Z.

REFUSES         Closed (Shop)
                Closed
                service.tier: 1
                lifted by: Shop, who owns the rule
                who can help: Ada can change the rule
                who can help: Ada can give an exemption
passes          What is in quarantine goes nowhere (Flow)
                The artifact is not in quarantine
                artifact.quarantine: –
passes          Whoever asked for it may still deploy here (Flow)
                No person has asked for it yet
                asker.name: –
                asker.mayDeploy: –
passes          Nothing goes to an archived environment (Flow)
                Production is not archived
                environment.archivedAt: –
passes          Its turn in the queue (Flow)
                Nobody stands before it
                ahead: 0
passes          The time at which it was asked to start (Flow)
                It was asked to start as soon as it can
                notBefore: –
passes          One deployment of a service in one place at a time (Flow)
                No other deployment of Checkout moves to Production
                active: 0
passes          What a person decided is not undone by automation (Flow)
                Nobody keeps Checkout at another version
                pin.version: –
                pin.holds: –
passes          Approvals of the environment (Flow)
                Production asks for no approval
                environment.requiredApprovals: 0
                approval.state: –
                approval.count: 0
                approval.isOfThis: –
passes          What is archived is not deployed (Flow)
                Checkout is not archived
                service.archivedAt: –
passes          What soaks is not replaced by automation (Flow)
                Automation would take nothing away that soaks in Production
                soaking.version: –
                soaking.until: –
passes          No circle of deployments that wait for each other (Flow)
                It waits for nobody that waits for it
                circle: –
not asked       Later (Shop)
                It is switched off`,
  );
});
