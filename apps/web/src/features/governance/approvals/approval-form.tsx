'use client';

import { Notice } from '@flow/ui/feedback';
import { Checkbox, SelectField, TextArea, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useState } from 'react';
import { faultOf } from '../../../api-client/fault.ts';
import { useFields } from '../../form/use-fields.ts';
import type { Fields } from '../../form/use-fields.ts';
import { AppliesToFields } from '../policy/applies-to.tsx';
import { CheckMany } from '../policy/check-many.tsx';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { toApprovalDocument, toApprovalTexts, toGroups } from './approval-texts.ts';
import type { ApprovalField } from './approval-texts.ts';
import { ApproverGroups } from './approver-groups.tsx';
import { PickPeople } from './pick-people.tsx';
import { useApproverOptions } from './use-approver-options.ts';

const rejections = [
  { value: 'anyone', label: "Anyone's who may vote" },
  { value: 'veto', label: 'Only of groups with a veto; other nos are objections' },
];

/** Writes an approval policy or changes one. */
export function ApprovalForm({ policy, isReadOnly, onSaved }: PolicyFormProps) {
  const { save, isPending, error } = useSavePolicy();
  const form = useFields(toApprovalTexts(policy), error);
  const [groups, setGroups] = useState(() => toGroups(policy));
  const fields = error === null ? new Map<string, string>() : faultOf(error).fields;
  const submit = (): void => {
    const { note, isForAll } = form.values;
    const document = toApprovalDocument(form.values, groups);
    save({ kind: 'approval', policy, isForAll: isForAll === 'yes', document, note }, (id) => {
      toast(`${form.values['document.title']} was saved`);
      onSaved(id);
    });
  };
  return (
    <PolicyFormShell policy={policy} form={form} isReadOnly={isReadOnly} isBusy={isPending} error={error} onSubmit={submit}>
      <ApproverGroups groups={groups} fields={fields} onChange={setGroups} isForAll={form.values.isForAll === 'yes'} />
      <Votes form={form} isForAll={form.values.isForAll === 'yes'} />
      <ByItself form={form} />
      <AppliesToFields form={form} />
    </PolicyFormShell>
  );
}

function Votes({ form, isForAll }: { form: Fields<ApprovalField>; isForAll: boolean }) {
  const options = useApproverOptions(isForAll);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField label="Whose no ends it" options={rejections} {...form.field('document.rejection')} />
        <TextField label="Time to decide, in hours" inputMode="numeric" {...form.field('document.lifetimeHours')} />
        <TextField
          label="Reminder, in hours before the end"
          hint="0 for none"
          inputMode="numeric"
          {...form.field('document.remindBeforeHours')}
        />
      </div>
      <Checkbox
        label="Whoever someone has named for their absence may vote in their place"
        checked={form.values['document.allowsStandIns'] === 'yes'}
        onChange={(event) => form.field('document.allowsStandIns').onChange({ target: { value: event.target.checked ? 'yes' : '' } })}
      />
      <CheckMany
        legend="In place of a group of which too few are left"
        hint="Nobody chosen: the admins of the tenant"
        options={options}
        {...form.field('document.fallback')}
      />
      {isForAll ? null : <PickPeople label="Or these people in its place" {...form.field('fallbackPeople')} />}
    </>
  );
}

function ByItself({ form }: { form: Fields<ApprovalField> }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-medium">Approved by itself</legend>
      <Notice tone="info">
        While this condition is true nobody is asked, and the reason is kept. It sees what conditions of rules see, for example
        request.changesConfiguration &amp;&amp; !request.changesImage. Left empty, people are always asked.
      </Notice>
      <TextArea label="Condition" rows={2} {...form.field('document.autoApproval.condition')} />
      <TextField
        label="Reason"
        hint="May name what it found: {{ service.name }} changes only its configuration"
        {...form.field('document.autoApproval.reason')}
      />
    </fieldset>
  );
}
