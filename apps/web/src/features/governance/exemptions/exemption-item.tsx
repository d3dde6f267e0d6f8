'use client';

import { Link } from '@flow/ui/link';
import { Badge, Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useTenant } from '../../shell/tenant.tsx';
import { now } from '../freezes/clock.ts';
import { sectionPath } from '../policy/governance-page.tsx';
import type { GovernanceSection } from '../policy/governance-page.tsx';
import { ExemptionActions } from './exemption-actions.tsx';
import { kindWords, placeText, reviewShown, stateShown, useWords } from './exemption-texts.ts';
import type { Exemption } from './exemption-texts.ts';

const sections = {
  rule: 'rules',
  freeze: 'freezes',
  guardrail: 'guardrails',
  gate: 'gates',
  approval: 'approvals',
  promotion: 'promotions',
} as const satisfies Record<Exemption['policyKind'], GovernanceSection>;

/** One exemption: from what, for what, why, by whom, until when, what passed by it, and what can be done. */
export function ExemptionItem({ exemption }: { exemption: Exemption }) {
  const { slug } = useTenant();
  const at = now();
  const state = stateShown(exemption, at);
  const review = reviewShown(exemption, at);
  return (
    <article aria-label={`${exemption.policyTitle} for ${placeText(exemption)}`} className="flex flex-col gap-2 p-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status tone={state.tone} label={state.label} />
        {review === null ? null : <Status tone={review.tone} label={review.label} />}
        <Badge tone={exemption.kind === 'breakGlass' ? 'danger' : 'neutral'}>{kindWords[exemption.kind]}</Badge>
      </p>
      <p className="font-medium">
        <Link className="hover:underline" href={`${sectionPath(slug, sections[exemption.policyKind])}/${exemption.policyId}`}>
          {exemption.policyTitle}
        </Link>{' '}
        for {placeText(exemption)}
      </p>
      <p className="break-words">
        {exemption.reason}
        {exemption.ticket === '' ? '' : ` (${exemption.ticket})`}
      </p>
      <Story exemption={exemption} />
      <Uses exemption={exemption} />
      <ExemptionActions exemption={exemption} />
    </article>
  );
}

/** Who asked, who answered, until when, how often, and how its review ended. */
function Story({ exemption }: { exemption: Exemption }) {
  const { kind, use, askedByName, askedAt, decidedByName, decidedAt, state, decisionNote, endsAt, approvalsRequired } = exemption;
  return (
    <div className="text-muted flex flex-col gap-0.5 text-xs">
      <p>
        {kind === 'breakGlass' ? 'Taken' : 'Asked for'} by {askedByName} <Time at={askedAt} />; {useWords[use]}, ends <Time at={endsAt} />
        {approvalsRequired === 0
          ? ''
          : `; what passes needs ${approvalsRequired === 1 ? 'one approval' : `${approvalsRequired} approvals`}`}
      </p>
      {kind === 'breakGlass' || decidedAt === null ? null : (
        <p>
          {state === 'refused' ? 'Refused' : 'Given'} by {decidedByName} <Time at={decidedAt} />
          {decisionNote === '' ? '' : `: ${decisionNote}`}
        </p>
      )}
      <ReviewStory exemption={exemption} />
    </div>
  );
}

function ReviewStory({ exemption: { reviewDueAt, reviewClosedAt, reviewClosedByName, reviewNote } }: { exemption: Exemption }) {
  if (reviewDueAt === null) return null;
  if (reviewClosedAt === null)
    return (
      <p>
        To be reviewed by someone who had no part in it, until <Time at={reviewDueAt} />
      </p>
    );
  return (
    <p>
      Reviewed by {reviewClosedByName} <Time at={reviewClosedAt} />: {reviewNote}
    </p>
  );
}

function Uses({ exemption: { uses } }: { exemption: Exemption }) {
  const { slug } = useTenant();
  if (uses.length === 0) return null;
  return (
    <p className="text-xs">
      Passed by it:{' '}
      {uses.map(({ deploymentId, usedAt }, index) => (
        <span key={deploymentId}>
          {index === 0 ? '' : ', '}
          <Link className="text-accent hover:underline" href={`/t/${slug}/deployments/${deploymentId}`}>
            a deployment <Time at={usedAt} />
          </Link>
        </span>
      ))}
    </p>
  );
}
