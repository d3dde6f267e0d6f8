import { evaluate } from '../verdict/index.ts';
import type { DeploymentRequest, Governance, VerdictContext } from '../verdict/index.ts';
import { explainApproval } from './explain-approval.ts';
import { explainFreeze } from './explain-freeze.ts';
import { explainGate } from './explain-gate.ts';
import { explainGuardrail } from './explain-guardrail.ts';
import { explainOwnRules } from './explain-own-rules.ts';
import { explainRule } from './explain-rule.ts';
import type { Consideration, Explanation, Standing } from './explanation.ts';
import { mendPlan } from './mend-plan.ts';
import { explainedOf } from './subject.ts';
import type { AllPolicies } from './subject.ts';

const order = { deny: 0, approvals: 1, hold: 2, note: 3, passes: 4, notAsked: 5 } as const satisfies Record<Standing, number>;
const sources = { builtIn: 0, rule: 1, freeze: 2, guardrail: 3, gate: 4, approval: 5 } as const;

/**
 * "Can I deploy now?" with everything that was considered: what stands against it, what passes, and what does not apply, each with why and with the
 * values that it looked at. The verdict in it is that of `evaluate`, and every reason of it stands in one of the considerations.
 */
export function explain(request: DeploymentRequest, context: VerdictContext & { governance: Governance }, all: AllPolicies): Explanation {
  const verdict = evaluate(request, context);
  const explained = explainedOf(request, context, { governance: context.governance, verdict });
  const considered = [
    ...explainOwnRules(explained),
    ...all.rules.map((rule) => explainRule(explained, rule)),
    ...all.freezes.map((freeze) => explainFreeze(explained, freeze)),
    ...all.guardrails.map((guardrail) => explainGuardrail(explained, guardrail)),
    ...all.gates.map((gate) => explainGate(explained, gate)),
    ...all.approvals.map((policy) => explainApproval(explained, policy)),
  ];
  return {
    at: context.now,
    verdict,
    considered: considered.toSorted(byWeight),
    nearestPlan: mendPlan(request, context, verdict),
  };
}

/** What decides before what is in shadow, what stands against it before what passes. */
function byWeight(left: Consideration, right: Consideration): number {
  return (
    Number(isShadow(left)) - Number(isShadow(right)) ||
    order[left.standing] - order[right.standing] ||
    sources[left.source] - sources[right.source] ||
    (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
}

function isShadow({ enforcement, standing }: Consideration): boolean {
  return enforcement === 'shadow' && standing !== 'notAsked';
}
