import { nearestPlan } from '../guardrail/index.ts';
import { evaluate } from '../verdict/index.ts';
import type { DeploymentRequest, Verdict, VerdictContext } from '../verdict/index.ts';
import type { Nearest } from './explanation.ts';

/**
 * What would have to be changed in the plan of a refused request, at the least. Null when no guardrail refuses it, and when what refuses it does not lie in
 * the plan. Guardrails in shadow, and those that an exemption lifts, change nothing.
 */
export function mendPlan(request: DeploymentRequest, context: VerdictContext, verdict: Verdict): Nearest | null {
  const { governance } = context;
  const subject = governance?.plan ?? null;
  if (governance === undefined || subject === null) return null;
  const ofGuardrails = verdict.reasons.filter(({ source }) => source === 'guardrail');
  if (!ofGuardrails.some(({ effect }) => effect === 'deny')) return null;
  const lifted = new Set(ofGuardrails.filter(({ effect }) => effect !== 'deny').map(({ id }) => id));
  const kept = governance.policies.guardrails
    .covering(governance.place)
    .filter(({ id, enforcement }) => enforcement === 'enforce' && !lifted.has(id));
  const { plan, changes, addedSeconds, remaining } = nearestPlan(subject, kept);
  if (changes.length === 0) return null;
  const mended = { ...context, governance: { ...governance, plan: { ...subject, plan } } };
  return {
    plan,
    changes: [...changes],
    addedSeconds,
    remaining: remaining.map(({ sentence }) => sentence),
    isEnough: evaluate(request, mended).kind !== 'denied',
  };
}
