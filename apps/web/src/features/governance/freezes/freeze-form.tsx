'use client';

import { SelectField, TextArea, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useId } from 'react';
import { useFields } from '../../form/use-fields.ts';
import type { Fields } from '../../form/use-fields.ts';
import { UsualLoad } from '../foresight/usual-load.tsx';
import { AppliesToFields } from '../policy/applies-to.tsx';
import { CheckMany } from '../policy/check-many.tsx';
import { PickNamed } from '../policy/pick-named.tsx';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { useScopeChoices } from '../policy/use-scope-choices.ts';
import { inFlightOptions, toFreezeDocument, toFreezeTexts } from './freeze-texts.ts';
import type { FreezeField } from './freeze-texts.ts';
import { dayOptions } from './recurrence.ts';
import { viewerZone } from './clock.ts';

const repeatOptions = [
  { value: 'none', label: 'Once' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
  { value: 'monthly', label: 'Every month' },
  { value: 'custom', label: 'By a rule of RFC 5545 (RRULE)' },
];

/** Writes a freeze or changes one. */
export function FreezeForm({ policy, isReadOnly, onSaved }: PolicyFormProps) {
  const { save, isPending, error } = useSavePolicy();
  const { services } = useScopeChoices();
  const form = useFields(toFreezeTexts(policy, viewerZone()), error);
  const submit = (): void => {
    const { note, isForAll } = form.values;
    save({ kind: 'freeze', policy, isForAll: isForAll === 'yes', document: toFreezeDocument(form.values), note }, (id) => {
      toast(`${form.values['document.title']} was saved`);
      onSaved(id);
    });
  };
  return (
    <PolicyFormShell policy={policy} form={form} isReadOnly={isReadOnly} isBusy={isPending} error={error} onSubmit={submit}>
      <TextArea label="Reason" rows={2} hint="Shown to those that it holds" maxLength={500} {...form.field('document.reason')} />
      <WindowFields form={form} />
      <SelectField label="Deployments that are moving when it begins" options={inFlightOptions} {...form.field('document.inFlight')} />
      <PickNamed
        label="Services that it does not hold"
        hint="Type a name and choose it from the list"
        options={services}
        gone="a removed service"
        {...form.field('document.exceptServiceIds')}
      />
      <AppliesToFields form={form} />
      <UsualLoad kind="freeze" document={toFreezeDocument(form.values)} />
    </PolicyFormShell>
  );
}

function WindowFields({ form }: { form: Fields<FreezeField> }) {
  const zonesId = useId();
  const recurrence = form.field('document.window.recurrence');
  const { repeats } = form.values;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField label="Starts" type="datetime-local" {...form.field('document.window.start')} />
        <TextField label="Ends" type="datetime-local" {...form.field('document.window.end')} />
        <TextField label="Zone of both" list={zonesId} autoComplete="off" {...form.field('document.window.zone')} />
      </div>
      <datalist id={zonesId}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
      <SelectField
        label="Repeats"
        options={repeatOptions}
        {...form.field('repeats')}
        {...(repeats === 'custom' ? {} : { error: recurrence.error })}
      />
      {repeats === 'weekly' ? (
        <CheckMany legend="On" hint="None chosen: the day on which it starts" options={dayOptions} {...form.field('days')} />
      ) : null}
      {repeats === 'custom' ? (
        <TextField label="Rule" className="font-mono" hint="Such as FREQ=MONTHLY;BYDAY=-1FR" spellCheck={false} {...recurrence} />
      ) : null}
      {repeats === 'none' ? null : (
        <TextField
          label="Except those that start at"
          hint="Starts that do not take place, such as 2026-12-18T18:00, with commas between them"
          {...form.field('document.window.exceptions')}
        />
      )}
    </>
  );
}
