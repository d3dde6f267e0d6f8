import { messageKind } from '@flow/core/notification';
import type { MessageKind } from '@flow/core/notification';
import { splitList } from '../governance/policy/scope.ts';

/** What each message tells, as people read it. */
export const kindText: Readonly<Record<MessageKind, string>> = {
  approvalNeeded: 'An approval is needed',
  approvalExpiring: 'A request is about to run out',
  approvalDecided: 'A request was decided',
  deploymentHeld: 'A deployment is held',
  deploymentPaused: 'A deployment waits for a person between regions',
  regionSkipped: 'A deployment skipped a region that cannot be reached',
  deploymentFailed: 'A deployment failed',
  deploymentRolledBack: 'A deployment was rolled back',
  exemptionAsked: 'An exemption is asked for',
  exemptionAnswered: 'An exemption was given or refused',
  breakGlassTaken: 'The glass was broken',
  reviewOverdue: 'A review of a break-glass is overdue',
  driftFound: 'What runs is not as it was deployed any more',
};

/** The choices of a form. */
export const kindOptions = messageKind.options.map((kind) => ({ value: kind, label: kindText[kind] }));

/** The kinds in the text of a form. */
export function toKinds(text: string): MessageKind[] {
  return splitList(text).flatMap((kind) => messageKind.safeParse(kind).data ?? []);
}
