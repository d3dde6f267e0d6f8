import { freeFrom, freezes, holdsAction } from '../freeze/index.ts';
import type { Freeze } from '../freeze/index.ts';
import { judgeGate } from '../gate/index.ts';
import type { Gate } from '../gate/index.ts';
import { checkPlan } from '../guardrail/index.ts';
import type { Guardrail, Violation } from '../guardrail/index.ts';
import { applies, prepareFacts } from '../rule/index.ts';
import { approvalItem } from './approval-item.ts';
import { withExemptions } from './exempted.ts';
import { reasonOf, timeless } from './finding.ts';
import type { Case, Finding, Item } from './finding.ts';
import type { Governance } from './governance.ts';
import { ruleItem } from './rule-item.ts';
import type { DeploymentRequest, VerdictContext } from './verdict.ts';

/** Everything that governs the request, in the order: guardrails, rules, freezes, gates, approvals, each by id. */
export function governedItems(request: DeploymentRequest, context: VerdictContext, governance: Governance): readonly Item[] {
  const { policies, place, facts } = governance;
  const action = request.kind === 'rollback' ? 'rollback' : facts.request.action;
  const asked: Case = { request, context, governance, action, facts: prepareFacts(facts) };
  const by = facts.request.invoker;
  const exemptible = [
    ...policies.guardrails.covering(place).flatMap((guardrail) => guardrailItems(guardrail, asked)),
    ...policies.rules
      .covering(place)
      .filter((rule) => applies(rule.appliesTo, action, by))
      .map((rule) => ruleItem(rule, asked)),
    ...policies.freezes
      .covering(place)
      .filter(
        (freeze) => applies(freeze.appliesTo, action, by) && freezes(freeze, place) && holdsAction(freeze, action, governance.beginsWave),
      )
      .map((freeze) => freezeItem(freeze, asked)),
    ...policies.gates
      .covering(place)
      .filter((gate) => applies(gate.appliesTo, action, by))
      .map((gate) => gateItem(gate, asked)),
  ];
  return [
    ...(governance.exemptions.length === 0 ? exemptible : exemptible.map((item) => withExemptions(item, asked))),
    ...policies.approvals
      .covering(place)
      .filter((policy) => applies(policy.appliesTo, action, by))
      .map((policy) => approvalItem(policy, asked)),
  ];
}

/** Going back and giving up are never stopped by a limit on plans. */
function guardrailItems(guardrail: Guardrail, { governance, action }: Case): readonly Item[] {
  if (governance.plan === null || !applies({ actions: [], invokers: [] }, action, 'person')) return [];
  return checkPlan(governance.plan, [guardrail]).map((violation) =>
    timeless(violationFinding(guardrail, violation), { id: guardrail.id, shadow: guardrail.enforcement === 'shadow' }),
  );
}

function violationFinding(guardrail: Guardrail, violation: Violation): Finding {
  const liftedBy = violation.mendable ? 'the nearest plan that passes' : 'a change of the chart or the values';
  return {
    reason: reasonOf('guardrail', guardrail, { effect: 'deny', sentence: violation.sentence, liftedBy }),
    approvalsRequired: 0,
    missing: 0,
  };
}

function freezeItem(freeze: Freeze, { context: { now } }: Case): Item {
  const clearFrom = (at: Date): Date | null => freeFrom(freeze.window, at);
  const until = clearFrom(now);
  const shadow = freeze.enforcement === 'shadow';
  if (until !== null && until <= now) return { id: freeze.id, shadow, finding: null, clearFrom };
  const why = freeze.reason === '' ? '' : `: ${freeze.reason}`;
  const reason = reasonOf('freeze', freeze, {
    effect: 'hold',
    sentence: `Frozen by "${freeze.title}"${why}`,
    liftedBy: `the end of the freeze, or ${freeze.owner.name}`,
  });
  return { id: freeze.id, shadow, finding: { reason, approvalsRequired: 0, missing: 0 }, clearFrom };
}

function gateItem(gate: Gate, { request, governance, context: { now } }: Case): Item {
  const subject = { digest: governance.facts.artifact.digest, configurationHash: request.subjectHash };
  const shadow = gate.enforcement === 'shadow';
  const judge = (at: Date): ReturnType<typeof judgeGate> => judgeGate(gate, governance.evidence, { ...subject, now: at });
  const clearFrom = (at: Date): Date | null => (judge(at).state === 'passed' ? at : null);
  const answer = judge(now);
  if (answer.state === 'passed') return { id: gate.id, shadow, finding: null, clearFrom };
  const open = answer.checks.filter(({ state }) => state !== 'passed');
  const sentence = `${gate.title}: ${open.map((check) => check.sentence).join('; ')}`;
  const effect = answer.state === 'failed' ? 'deny' : 'hold';
  const liftedBy = [...new Set(open.map((check) => check.liftedBy))].join('; ');
  return {
    id: gate.id,
    shadow,
    finding: { reason: reasonOf('gate', gate, { effect, sentence, liftedBy }), approvalsRequired: 0, missing: 0 },
    clearFrom,
  };
}
