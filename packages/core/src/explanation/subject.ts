import type { ApprovalPolicy } from '../approval/index.ts';
import type { Freeze } from '../freeze/index.ts';
import type { Gate } from '../gate/index.ts';
import type { Guardrail } from '../guardrail/index.ts';
import { describeScope, prepareFacts } from '../rule/index.ts';
import type { Invoker, Place, PreparedFacts, Rule, RuleAction, Scope, ShownInput } from '../rule/index.ts';
import type { DeploymentRequest, Governance, ReasonSource, Verdict, VerdictContext, VerdictReason } from '../verdict/index.ts';
import type { Consideration, Help, Standing } from './explanation.ts';

/** Everything that there is, whether it is switched on and covers the place or not. */
export interface AllPolicies {
  rules: readonly Rule[];
  freezes: readonly Freeze[];
  guardrails: readonly Guardrail[];
  gates: readonly Gate[];
  approvals: readonly ApprovalPolicy[];
}

/** One request with its verdict, and what was looked at for it. */
export interface Explained {
  request: DeploymentRequest;
  context: VerdictContext;
  governance: Governance;
  verdict: Verdict;
  action: RuleAction;
  invoker: Invoker;
  facts: PreparedFacts;
}

/** Puts together what every explanation looks at. */
export function explainedOf(
  request: DeploymentRequest,
  context: VerdictContext,
  of: { governance: Governance; verdict: Verdict },
): Explained {
  const { facts } = of.governance;
  return {
    request,
    context,
    ...of,
    action: request.kind === 'rollback' ? 'rollback' : facts.request.action,
    invoker: facts.request.invoker,
    facts: prepareFacts(facts),
  };
}

/** What a policy says that is not asked, or nothing against the request. */
export interface Silence {
  standing: Extract<Standing, 'passes' | 'notAsked'>;
  sentence: string;
  inputs?: readonly ShownInput[];
}

export const notAsked = (sentence: string): Silence => ({ standing: 'notAsked', sentence });

/** The part of a policy that every explanation names. */
export interface Head {
  id: string;
  revision: number;
  title: string;
  owner: { kind: 'platform' | 'tenant' | 'team'; name: string };
  enforcement: 'off' | 'shadow' | 'enforce';
  scope: Scope;
}

const strength = { deny: 0, approvals: 1, hold: 2, note: 3 } as const;

interface Said {
  silence: Silence;
  inputs?: readonly ShownInput[];
  condition?: string;
  helps: (reasons: readonly VerdictReason[]) => readonly Help[];
}

/** One policy as it is explained: by its reasons in the verdict, else by its silence. */
export function considerationOf(
  explained: Explained,
  source: Exclude<ReasonSource, 'builtIn'>,
  { head, said }: { head: Head; said: Said },
): Consideration {
  const { id, revision, title, owner, enforcement } = head;
  const reasons = reasonsOf(explained.verdict, source, id).toSorted((left, right) => strength[left.effect] - strength[right.effect]);
  const [strongest] = reasons;
  const isAgainst = strongest !== undefined && strongest.effect !== 'note';
  return {
    source,
    id,
    revision,
    title,
    owner: owner.name,
    enforcement,
    standing: strongest?.effect ?? said.silence.standing,
    sentences: strongest === undefined ? [said.silence.sentence] : reasons.map(({ sentence }) => sentence),
    condition: said.condition ?? '',
    inputs: [...(said.inputs ?? said.silence.inputs ?? [])],
    liftedBy: isAgainst ? strongest.liftedBy : '',
    earliestAt: isAgainst ? latest(reasons) : null,
    helps: isAgainst ? [...said.helps(reasons), ...exemptionHelp(reasons, owner)] : [],
  };
}

function exemptionHelp(reasons: readonly VerdictReason[], owner: Head['owner']): readonly Help[] {
  if (!reasons.some(({ exemptible }) => exemptible)) return [];
  return [{ toDo: 'give an exemption', right: owner.kind === 'platform' ? 'platformAdmin' : 'exemption:grant' }];
}

/** What a policy says in a verdict, also where it is in shadow. */
export function reasonsOf({ reasons, shadow }: Verdict, source: ReasonSource, id: string): readonly VerdictReason[] {
  return [...reasons, ...shadow].filter((reason) => reason.source === source && reason.id === id);
}

function latest(reasons: readonly VerdictReason[]): Date | null {
  const times = reasons.filter(({ effect }) => effect !== 'note').map(({ earliestAt }) => earliestAt);
  const named = times.filter((at) => at !== null).map((at) => at.getTime());
  return named.length === times.length && named.length > 0 ? new Date(Math.max(...named)) : null;
}

/** Why a policy is not asked at all, whatever its kind is; null when it is. */
export function whyNotAsked({ enforcement, scope }: Head, place: Place, covers: boolean): Silence | null {
  if (enforcement === 'off') return notAsked('It is switched off');
  if (covers) return null;
  return notAsked(
    scope.tenantIds.length > 0 && !scope.tenantIds.includes(place.tenantId)
      ? 'It is for another tenant'
      : `It is in force elsewhere: ${describeScope({ ...scope, tenantIds: [] })}`,
  );
}

/** Whoever may change what is in force here. */
export function ownerHelp({ owner }: Head, toDo: string): Help {
  return { toDo, right: owner.kind === 'platform' ? 'platformAdmin' : 'policy:manage' };
}
