'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { Checkbox, TextField } from '@flow/ui/field';
import { CheckMany } from '../policy/check-many.tsx';
import { emptyGroup, groupPath } from './approval-texts.ts';
import type { GroupTexts } from './approval-texts.ts';
import { PickPeople } from './pick-people.tsx';
import { useApproverOptions } from './use-approver-options.ts';

interface ApproverGroupsProps {
  groups: readonly GroupTexts[];
  /** What the server said, by path. */
  fields: ReadonlyMap<string, string>;
  onChange: (groups: GroupTexts[]) => void;
  /** In force in every tenant: people and groups of one tenant have no place there. */
  isForAll: boolean;
}

/** The groups in the order in which they are asked. */
export function ApproverGroups({ groups, fields, onChange, isForAll }: ApproverGroupsProps) {
  const told = fields.get('document.stages');
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-medium">Who must say yes</legend>
      <p className="text-muted text-xs">
        The requester and the authors of the commit never count. One person counts for one group; a person and their stand-in count once.
      </p>
      {groups.map((group, index) => (
        <GroupFields
          // Their order does not change.
          key={index}
          number={index + 1}
          group={group}
          isForAll={isForAll}
          errorAt={(name) => errorBelow(fields, `${groupPath(groups, index)}.${name}`)}
          onChange={(change) => onChange(groups.map((one, at) => (at === index ? { ...one, ...change } : one)))}
          {...(groups.length > 1 ? { onRemove: () => onChange(groups.filter((_, at) => at !== index)) } : {})}
        />
      ))}
      {told === undefined ? null : <Notice tone="danger">{told}</Notice>}
      <div>
        <Button size="s" onClick={() => onChange([...groups, { ...emptyGroup, isAfter: true }])}>
          Add a group
        </Button>
      </div>
    </fieldset>
  );
}

function errorBelow(fields: ReadonlyMap<string, string>, path: string): string | undefined {
  return [...fields].find(([at]) => at === path || at.startsWith(`${path}.`))?.[1];
}

interface GroupFieldsProps {
  number: number;
  group: GroupTexts;
  isForAll: boolean;
  errorAt: (name: string) => string | undefined;
  onChange: (change: Partial<GroupTexts>) => void;
  onRemove?: () => void;
}

function GroupFields({ number, group, isForAll, errorAt, onChange, onRemove }: GroupFieldsProps) {
  const options = useApproverOptions(isForAll);
  const whoError = errorAt('who');
  const own = `Group ${number}`;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-md border border-line p-3">
      <legend className="sr-only">{own}</legend>
      <div className="grid items-start gap-3 sm:grid-cols-[1fr_8rem_auto]">
        <TextField
          label={`${own}: name`}
          hint="As people read it, such as Security"
          maxLength={60}
          value={group.title}
          error={errorAt('title')}
          onChange={(event) => onChange({ title: event.target.value })}
        />
        <TextField
          label="How many"
          inputMode="numeric"
          value={group.count}
          error={errorAt('count')}
          onChange={(event) => onChange({ count: event.target.value })}
        />
        {onRemove === undefined ? null : (
          <Button variant="danger" aria-label={`Remove group ${number}`} onClick={onRemove} className="sm:mt-5">
            Remove
          </Button>
        )}
      </div>
      <CheckMany
        legend="Who"
        name={`group-${number}-who`}
        options={options}
        value={group.who}
        onChange={(event) => onChange({ who: event.target.value })}
        {...(whoError === undefined ? {} : { error: whoError })}
      />
      {isForAll ? null : (
        <PickPeople
          label="And these people"
          name={`group-${number}-people`}
          value={group.people}
          onChange={(event) => onChange({ people: event.target.value })}
        />
      )}
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {number === 1 ? null : (
          <Checkbox
            label="Asked when those above have said yes"
            checked={group.isAfter}
            onChange={(event) => onChange({ isAfter: event.target.checked })}
          />
        )}
        <Checkbox label="Has a veto" checked={group.hasVeto} onChange={(event) => onChange({ hasVeto: event.target.checked })} />
      </div>
    </fieldset>
  );
}
