'use client';

import { Badge } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { Circle, CircleCheck, CircleDashed } from 'lucide-react';
import type { ApprovalItem } from './abilities.ts';

/** Who is asked and how far each group is, who has voted, and who can still help, by name. */
export function Votes({ item, canHelp = [] }: { item: ApprovalItem; canHelp?: readonly string[] }) {
  return (
    <div className="flex flex-col gap-3">
      {item.autoReason === '' ? null : <p>Approved without anyone: {item.autoReason}</p>}
      {item.requiredCount === 0 ? null : (
        <p>
          {item.approvedCount} of {item.requiredCount} {item.requiredCount === 1 ? 'approval' : 'approvals'}, by people other than the
          requester and the authors of the commit.
        </p>
      )}
      {item.policies.map((policy) => (
        <div key={policy.policyId} className="flex flex-col gap-1">
          <p className="font-medium">{policy.title}</p>
          <ul className="flex flex-col gap-1">
            {policy.groups.map((group) => (
              <Group key={`${group.stage} ${group.title}`} group={group} />
            ))}
          </ul>
        </div>
      ))}
      <ul className="flex flex-col gap-1 empty:hidden" aria-label="Votes">
        {item.votes.map((vote) => (
          <li key={vote.userId} className="flex flex-wrap items-center gap-2">
            <Badge tone={vote.whyNot !== '' ? 'neutral' : vote.answer === 'approve' ? 'success' : 'danger'}>
              {vote.answer === 'approve' ? 'Approved' : 'Rejected'}
            </Badge>
            <span className="font-medium">{vote.userName}</span>
            {vote.whyNot !== '' && <span className="text-muted">{vote.whyNot}: does not count</span>}
            <span className="min-w-0 flex-1 break-words">{vote.comment}</span>
            <Time at={vote.createdAt} />
          </li>
        ))}
      </ul>
      {canHelp.length === 0 ? null : (
        <p className="text-muted">
          Can approve now: <span className="text-text">{namesOf(canHelp)}</span>
        </p>
      )}
    </div>
  );
}

const namesShown = 12;

function namesOf(names: readonly string[]): string {
  const rest = names.length - namesShown;
  return rest > 0 ? `${names.slice(0, namesShown).join(', ')} and ${rest} more` : names.join(', ');
}

type GroupItem = ApprovalItem['policies'][number]['groups'][number];

function Group({ group }: { group: GroupItem }) {
  const isMet = group.missing === 0;
  const Icon = isMet ? CircleCheck : group.isAsked ? Circle : CircleDashed;
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <Icon size={15} aria-hidden className={isMet ? 'text-success-fg' : group.isAsked ? 'text-waiting-fg' : 'text-muted'} />
      <span>
        {group.wanted - group.missing} of {group.wanted} of {group.title}
      </span>
      <span className="text-muted">{isMet ? givenText(group) : group.isAsked ? 'asked now' : 'asked when those before have said yes'}</span>
      {group.hasVeto ? <Badge tone="info">Veto</Badge> : null}
      {group.isShort && !isMet ? (
        <span className="text-warning-fg">
          {group.isHopeless
            ? 'Too few can approve, and nobody stands in for them: an admin must change the policy'
            : 'Too few of it are left, so others may stand in'}
        </span>
      ) : null}
    </li>
  );
}

function givenText({ given }: GroupItem): string {
  return given.map(({ name, forName }) => (forName === '' ? name : `${name} for ${forName}`)).join(', ');
}
