import { approvalsGiven, counted, timeless } from './finding.ts';
import type { Finding, Item } from './finding.ts';
import type { DeploymentRequest, InQuarantine, ReasonEffect, VerdictContext } from './verdict.ts';

type OwnRule = (request: DeploymentRequest, context: VerdictContext) => Finding | null;

/** Flow's own rules, which nobody can switch off, in the order in which their reasons are shown. */
const ownRules: readonly OwnRule[] = [
  archivedService,
  archivedEnvironment,
  quarantined,
  askerMayDeploy,
  productionApproval,
  pinned,
  oneAtATime,
  itsTurn,
  waitsInCircle,
];

/** What Flow's own rules say of the request now, and from when on they are silent. */
export function ownItems(request: DeploymentRequest, context: VerdictContext): readonly Item[] {
  return [...ownRules.map((rule) => timeless(rule(request, context))), soaks(request, context), notBefore(request, context)];
}

interface Said {
  rule: string;
  sentence: string;
  liftedBy: string;
}

function finding(effect: ReasonEffect, said: Said): Finding {
  return {
    reason: { ...said, earliestAt: null, source: 'builtIn', id: said.rule, owner: 'Flow', effect, exemptible: false, exemption: null },
    approvalsRequired: 0,
    missing: 0,
  };
}

function archivedService(_request: DeploymentRequest, { service }: VerdictContext): Finding | null {
  if (service.archivedAt === null) return null;
  const sentence = `${service.name} is archived: nothing of it is deployed any more`;
  return finding('deny', { rule: 'service-archived', sentence, liftedBy: 'an admin who restores the service' });
}

function archivedEnvironment(_request: DeploymentRequest, { environment }: VerdictContext): Finding | null {
  if (environment.archivedAt === null) return null;
  const sentence = `${environment.name} is archived: nothing is deployed to it any more`;
  return finding('deny', { rule: 'environment-archived', sentence, liftedBy: 'an admin who restores the environment' });
}

/** What somebody has found to be bad goes nowhere, and nobody goes back to it. */
function quarantined(_request: DeploymentRequest, { quarantine = null }: VerdictContext): Finding | null {
  if (quarantine === null) return null;
  return finding('deny', {
    rule: 'artifact-quarantined',
    sentence: quarantineSentence(quarantine),
    liftedBy: 'a release manager or an admin who releases the artifact',
  });
}

/** Why what is in quarantine goes nowhere. */
export function quarantineSentence({ reason, placedByName }: InQuarantine): string {
  return `The artifact is in quarantine: ${placedByName} says "${reason}"`;
}

/** What a person has decided for a place is not undone by automation. Another person is told, and decides. */
function pinned({ kind }: DeploymentRequest, { pin = null, service, environment }: VerdictContext): Finding | null {
  if (pin === null || kind === 'rollback') return null;
  const kept = `${pin.placedByName} keeps ${service.name} in ${environment.name} at ${pin.version}: ${pin.reason}`;
  const liftedBy = 'whoever releases the pin';
  if (pin.holds) return finding('hold', { rule: 'pinned', sentence: `${kept}. Automation waits until the pin is released`, liftedBy });
  return finding('note', { rule: 'pinned', sentence: kept, liftedBy });
}

/** What a person has asked for ends with their access: somebody who has it decides anew. */
function askerMayDeploy({ kind }: DeploymentRequest, { asker = null }: VerdictContext): Finding | null {
  if (asker === null || asker.mayDeploy || kind === 'rollback') return null;
  const sentence = `${asker.name}, who asked for it, may not deploy here any more`;
  return finding('hold', { rule: 'asker-may-deploy', sentence, liftedBy: 'someone who may deploy here and asks for it anew' });
}

/** Going back to what ran before is never made to wait for people: the harm is being done now. */
function productionApproval(request: DeploymentRequest, context: VerdictContext): Finding | null {
  const required = context.environment.requiredApprovals;
  if (required === 0 || request.kind === 'rollback') return null;
  const rule = 'production-approval';
  const counts = context.approval?.subjectHash === request.subjectHash ? context.approval : null;
  if (counts?.state === 'rejected')
    return { ...finding('deny', { rule, sentence: 'An approver rejected it', liftedBy: 'a new request' }), approvalsRequired: required };
  const given = approvalsGiven(request, context);
  if (given >= required) {
    const sentence = `Approved by ${counted(given, 'person', 'people')}`;
    return { ...finding('note', { rule, sentence, liftedBy: 'nothing more is needed' }), approvalsRequired: required };
  }
  const missing = required - given;
  const sentence = `${context.environment.name} needs ${counted(missing, 'more approval', 'more approvals')} by someone other than the requester and the authors`;
  return { ...finding('approvals', { rule, sentence, liftedBy: 'a release manager or an admin' }), approvalsRequired: required, missing };
}

/** Two deployments of one service in one place would fight over the same releases. */
function oneAtATime(request: DeploymentRequest, context: VerdictContext): Finding | null {
  const other = context.active.find((active) => active.id !== request.deploymentId);
  if (other === undefined) return null;
  const sentence = `Another deployment of ${context.service.name} to ${context.environment.name}, asked for by ${other.requestedByName}, is still moving`;
  return finding('hold', { rule: 'one-at-a-time', sentence, liftedBy: `the end of deployment ${other.id}` });
}

/** Where there is room for one, the one goes whose turn it is. Going back waits for nobody. */
function itsTurn(request: DeploymentRequest, { turn }: VerdictContext): Finding | null {
  const [next] = turn?.ahead ?? [];
  if (turn === undefined || next === undefined || request.kind === 'rollback') return null;
  const others = turn.ahead.length === 1 ? '' : ` and ${counted(turn.ahead.length - 1, 'other', 'others')}`;
  const sentence = `Its turn has not come: ${next.name}${others} came before it to "${next.limit}"`;
  return finding('hold', { rule: 'its-turn', sentence, liftedBy: `the start of ${next.name}` });
}

/** Each waits for the end of the next: somebody has to be told, since none of them goes on by itself. */
function waitsInCircle(_request: DeploymentRequest, { turn }: VerdictContext): Finding | null {
  const circle = turn?.circle ?? [];
  if (circle.length === 0) return null;
  const sentence = `It waits in a circle: for ${circle.join(', which waits for ')}, which waits for this one. None of them goes on by itself`;
  return finding('note', { rule: 'waits-in-circle', sentence, liftedBy: 'whoever ends one of them, or exempts it' });
}

/** What soaks, to be promoted by a rule, is not replaced by every new build. A person may. */
function soaks({ kind }: DeploymentRequest, { soaking = null, environment, now }: VerdictContext): Item {
  if (soaking === null || kind === 'rollback') return timeless(null);
  const { version, toName, until } = soaking;
  const does = until === null ? `is being promoted to ${toName}` : `soaks before it is promoted to ${toName}`;
  const sentence = `${version} runs in ${environment.name} and ${does}: automation replaces it after that`;
  const liftedBy = until === null ? 'the promotion, which begins in a moment' : 'the end of the soak, or a person who deploys it';
  const said = finding('hold', { rule: 'soaks', sentence, liftedBy });
  if (until === null) return timeless(said);
  return { id: '', shadow: false, finding: now < until ? said : null, clearFrom: (at) => (at < until ? until : at) };
}

/** Asked to start at a time, it waits for that time. */
function notBefore(request: DeploymentRequest, { turn, now }: VerdictContext): Item {
  const time = turn?.notBefore ?? null;
  if (time === null || request.kind === 'rollback') return timeless(null);
  const said = { rule: 'not-before', sentence: 'It was asked to start later', liftedBy: 'the time at which it was asked to start' };
  const clearFrom = (at: Date): Date => (at < time ? time : at);
  return { id: '', shadow: false, finding: now < time ? finding('hold', said) : null, clearFrom };
}
