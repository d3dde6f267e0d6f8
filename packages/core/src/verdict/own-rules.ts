import { counted } from './finding.ts';
import type { Finding } from './finding.ts';
import type { DeploymentRequest, ReasonEffect, VerdictContext } from './verdict.ts';

type OwnRule = (request: DeploymentRequest, context: VerdictContext) => Finding | null;

/** Flow's own rules, which nobody can switch off, in the order in which their reasons are shown. */
export const ownRules: readonly OwnRule[] = [archivedService, archivedEnvironment, productionApproval, oneAtATime];

interface Said {
  rule: string;
  sentence: string;
  liftedBy: string;
}

function finding(effect: ReasonEffect, said: Said): Finding {
  return {
    reason: { ...said, earliestAt: null, source: 'builtIn', id: said.rule, owner: 'Flow', effect, exemptible: false },
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

/** Going back to what ran before is never made to wait for people: the harm is being done now. */
function productionApproval(request: DeploymentRequest, context: VerdictContext): Finding | null {
  const required = context.environment.requiredApprovals;
  if (required === 0 || request.kind === 'rollback') return null;
  const rule = 'production-approval';
  const counts = context.approval !== null && context.approval.subjectHash === request.subjectHash ? context.approval : null;
  if (counts?.state === 'rejected')
    return { ...finding('deny', { rule, sentence: 'An approver rejected it', liftedBy: 'a new request' }), approvalsRequired: required };
  if (counts?.state === 'approved' && counts.approvedCount >= required) {
    const sentence = `Approved by ${counted(counts.approvedCount, 'person', 'people')}`;
    return { ...finding('note', { rule, sentence, liftedBy: 'nothing more is needed' }), approvalsRequired: required };
  }
  const missing = Math.max(1, required - (counts?.approvedCount ?? 0));
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
