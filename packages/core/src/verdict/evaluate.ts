import type { DeploymentRequest, Verdict, VerdictContext, VerdictReason } from './verdict.ts';

type Finding =
  | { effect: 'deny'; reason: VerdictReason }
  | { effect: 'hold'; reason: VerdictReason }
  | { effect: 'approvals'; missing: number; reason: VerdictReason }
  | { effect: 'note'; reason: VerdictReason };

type Rule = (request: DeploymentRequest, context: VerdictContext) => Finding | null;

/** Every rule in the order in which its reasons are shown. */
const rules: readonly Rule[] = [archivedService, archivedEnvironment, productionApproval, oneAtATime];

/**
 * Whether the request may start at `context.now`, with every reason for and against it.
 * The strongest finding decides: denied, then missing approvals, then a hold; all reasons are kept, whichever decided.
 */
export function evaluate(request: DeploymentRequest, context: VerdictContext): Verdict {
  const findings = rules.flatMap((rule) => rule(request, context) ?? []);
  const reasons = findings.map((finding) => finding.reason);
  if (findings.some((finding) => finding.effect === 'deny')) return { kind: 'denied', reasons };
  const missing = findings.reduce((most, finding) => (finding.effect === 'approvals' ? Math.max(most, finding.missing) : most), 0);
  if (missing > 0) return { kind: 'needsApprovals', missing, reasons };
  const holds = findings.filter((finding) => finding.effect === 'hold');
  if (holds.length > 0) return { kind: 'heldUntil', until: latest(holds.map((hold) => hold.reason.earliestAt)), reasons };
  return { kind: 'allowed', reasons };
}

/** The one time at which all are met; null as soon as one of them cannot name a time. */
function latest(times: readonly (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null);
  if (known.length < times.length || known.length === 0) return null;
  return new Date(Math.max(...known.map((time) => time.getTime())));
}

function archivedService(_request: DeploymentRequest, context: VerdictContext): Finding | null {
  if (context.service.archivedAt === null) return null;
  return deny(
    'service-archived',
    `${context.service.name} is archived: nothing of it is deployed any more`,
    'an admin who restores the service',
  );
}

function archivedEnvironment(_request: DeploymentRequest, context: VerdictContext): Finding | null {
  if (context.environment.archivedAt === null) return null;
  return deny(
    'environment-archived',
    `${context.environment.name} is archived: nothing is deployed to it any more`,
    'an admin who restores the environment',
  );
}

function deny(rule: string, sentence: string, liftedBy: string): Finding {
  return { effect: 'deny', reason: { rule, sentence, liftedBy, earliestAt: null } };
}

/** Going back to what ran before is never made to wait for people: the harm is being done now. */
function productionApproval(request: DeploymentRequest, context: VerdictContext): Finding | null {
  const required = context.environment.requiredApprovals;
  if (required === 0 || request.kind === 'rollback') return null;
  const rule = 'production-approval';
  const counts = context.approval !== null && context.approval.subjectHash === request.subjectHash ? context.approval : null;
  if (counts?.state === 'rejected') return deny(rule, 'An approver rejected it', 'a new request');
  if (counts?.state === 'approved' && counts.approvedCount >= required) {
    return {
      effect: 'note',
      reason: {
        rule,
        sentence: `Approved by ${counted(counts.approvedCount, 'person', 'people')}`,
        liftedBy: 'nothing more is needed',
        earliestAt: null,
      },
    };
  }
  const missing = Math.max(1, required - (counts?.approvedCount ?? 0));
  const sentence = `${context.environment.name} needs ${counted(missing, 'more approval', 'more approvals')} by someone other than the requester and the authors`;
  return { effect: 'approvals', missing, reason: { rule, sentence, liftedBy: 'a release manager or an admin', earliestAt: null } };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Two deployments of one service in one place would fight over the same releases. */
function oneAtATime(request: DeploymentRequest, context: VerdictContext): Finding | null {
  const other = context.active.find((active) => active.id !== request.deploymentId);
  if (other === undefined) return null;
  const sentence = `Another deployment of ${context.service.name} to ${context.environment.name}, asked for by ${other.requestedByName}, is still moving`;
  return { effect: 'hold', reason: { rule: 'one-at-a-time', sentence, liftedBy: `the end of deployment ${other.id}`, earliestAt: null } };
}
