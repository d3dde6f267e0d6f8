import type { MessageKind } from './kinds.ts';

/** What a message is made of: names and states, never a secret. */
export interface MessageFacts {
  kind: MessageKind;
  serviceName: string;
  /** Empty for any. */
  version: string;
  environmentName: string;
  requestedByName: string;
  /** What became of it; empty where that is not the point. */
  state: string;
  /** Why; empty for no reason. */
  reason: string;
  /** Who is asked, as text; empty where nobody is. */
  asked: string;
  /** Until when people can decide, or must have looked at it; null where nobody is asked. */
  expiresAt: Date | null;
  /** The rule, freeze, guardrail or gate that an exemption is from; empty where it is about none. */
  policyTitle: string;
  /** Address of its page. */
  url: string;
  /** Addresses that open the request with the answer chosen; they ask for the log-in and one confirmation. */
  links: { approveUrl: string; rejectUrl: string } | null;
}

export interface Message {
  subject: string;
  text: string;
}

/** What people read. Plain text: nothing in a name becomes markup. Times are UTC. */
export function renderMessage(facts: MessageFacts): Message {
  const what = oneLine(`${[facts.serviceName, facts.version].join(' ').trim()} to ${facts.environmentName}`);
  const subject = subjects[facts.kind](what, facts);
  const lines = [
    `${subject}.`,
    facts.reason === '' ? '' : oneLine(facts.reason),
    facts.requestedByName === '' ? '' : `${isReview(facts.kind) ? 'Taken' : 'Asked for'} by ${oneLine(facts.requestedByName)}.`,
    facts.asked === '' ? '' : `Asked are ${oneLine(facts.asked)}.`,
    facts.policyTitle === '' ? '' : oneLine(`It is about "${facts.policyTitle}".`),
    facts.expiresAt === null
      ? ''
      : `${isReview(facts.kind) ? 'The review is due' : 'The request ends'} ${facts.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    '',
    facts.url,
    ...(facts.links === null
      ? []
      : ['', `Approve: ${facts.links.approveUrl}`, `Reject: ${facts.links.rejectUrl}`, 'Both ask you to log in and to confirm.']),
  ];
  return { subject, text: lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n') };
}

const subjects = {
  approvalNeeded: (what) => `Your approval is needed: ${what}`,
  approvalExpiring: (what) => `Still waiting for approval, and soon over: ${what}`,
  approvalDecided: (what, { state }) => `${decided[state] ?? 'Decided'}: ${what}`,
  deploymentHeld: (what) => `Held: ${what}`,
  deploymentPaused: (what) => `Waits for a person to go on or roll back: ${what}`,
  deploymentFailed: (what) => `Failed: ${what}`,
  deploymentRolledBack: (what) => `Rolled back: ${what}`,
  regionSkipped: (what) => `A region was skipped and is behind: ${what}`,
  exemptionAsked: (what) => `An exemption is asked for: ${what}`,
  exemptionAnswered: (what, { state }) => `${state === 'granted' ? 'Exemption given' : 'Exemption refused'}: ${what}`,
  breakGlassTaken: (what) => `Break-glass, to be reviewed by someone else: ${what}`,
  reviewOverdue: (what) => `The review of a break-glass is overdue: ${what}`,
  driftFound: (what) => `Drifted from what was deployed: ${what}`,
} as const satisfies Record<MessageKind, (what: string, facts: MessageFacts) => string>;

function isReview(kind: MessageKind): boolean {
  return kind === 'breakGlassTaken' || kind === 'reviewOverdue';
}

const decided: Readonly<Record<string, string>> = {
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Nobody decided in time',
  superseded: 'No longer asked for',
};

/** A name with a line break in it must not become a header of a mail or a line of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}
