import type { ApprovalPolicy, Ballot, Electorate } from '../approval/index.ts';
import type { Exemption } from '../exemption/index.ts';
import type { Freeze } from '../freeze/index.ts';
import type { Evidence, Gate } from '../gate/index.ts';
import type { Guardrail, PlanSubject } from '../guardrail/index.ts';
import { indexByScope } from '../rule/index.ts';
import type { Place, Rule, RuleFacts, ScopeIndex } from '../rule/index.ts';

/** Everything that governs, found by place. Made once for each state of the rules, used for many requests. */
export interface Policies {
  rules: ScopeIndex<Rule>;
  freezes: ScopeIndex<Freeze>;
  guardrails: ScopeIndex<Guardrail>;
  gates: ScopeIndex<Gate>;
  approvals: ScopeIndex<ApprovalPolicy>;
}

/** Puts rules, freezes, guardrails, gates and approval policies where a place finds its own. What is switched off is left out. */
export function indexPolicies(all: {
  rules?: readonly Rule[];
  freezes?: readonly Freeze[];
  guardrails?: readonly Guardrail[];
  gates?: readonly Gate[];
  approvals?: readonly ApprovalPolicy[];
}): Policies {
  return {
    rules: indexByScope((all.rules ?? []).filter(isOn)),
    freezes: indexByScope((all.freezes ?? []).filter(isOn)),
    guardrails: indexByScope((all.guardrails ?? []).filter(isOn)),
    gates: indexByScope((all.gates ?? []).filter(isOn)),
    approvals: indexByScope((all.approvals ?? []).filter(isOn)),
  };
}

function isOn({ enforcement }: { enforcement: 'off' | 'shadow' | 'enforce' }): boolean {
  return enforcement !== 'off';
}

/** What governs one request. */
export interface Governance {
  policies: Policies;
  place: Place;
  /** What conditions look at; `facts.request` says which action of whom this is. */
  facts: RuleFacts;
  /** The plan with what would be installed; null while there is none. */
  plan: PlanSubject | null;
  evidence: readonly Evidence[];
  exemptions: readonly Exemption[];
  /** The votes so far, and the people whom approval policies can name; no ballot while nobody was asked. */
  voting: { ballot: Ballot | null; electorate: Electorate };
  /** The same for every look at one use of an exemption: one start with all its waves. Null for a preview. */
  useKey: string | null;
  /** An `advance` that begins a wave, as against a step within one. */
  beginsWave: boolean;
}
