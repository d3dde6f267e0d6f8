'use client';

import { Checkbox, SelectField, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useFields } from '../../form/use-fields.ts';
import { viewerZone } from '../freezes/clock.ts';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { useScopeChoices } from '../policy/use-scope-choices.ts';
import { WindowFields } from '../window/window-fields.tsx';
import { toPromotionDocument, toPromotionTexts } from './promotion-texts.ts';

/** Writes a promotion rule or changes one. */
export function PromotionForm({ policy, isReadOnly, onSaved }: PolicyFormProps) {
  const { save, isPending, error } = useSavePolicy();
  const { environments } = useScopeChoices();
  const form = useFields(toPromotionTexts(policy, viewerZone()), error);
  const options = [{ value: '', label: 'Choose an environment' }, ...environments.map(({ id, name }) => ({ value: id, label: name }))];
  const isScheduled = form.field('isScheduled');
  const submit = (): void => {
    save({ kind: 'promotion', policy, document: toPromotionDocument(form.values), note: form.values.note }, (id) => {
      toast(`${form.values['document.title']} was saved`);
      onSaved(id);
    });
  };
  return (
    <PolicyFormShell
      policy={policy}
      form={form}
      isReadOnly={isReadOnly}
      isBusy={isPending}
      error={error}
      onSubmit={submit}
      goesTo={form.values['document.toId']}
    >
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField label="From" options={options} {...form.field('document.fromId')} />
        <SelectField label="To" options={options} {...form.field('document.toId')} />
        <TextField
          label="Soak time"
          inputMode="numeric"
          hint="In minutes, from when it was healthy in the last of the regions"
          {...form.field('document.soakMinutes')}
        />
      </div>
      <Checkbox
        label="Only at certain times"
        checked={isScheduled.value === 'yes'}
        onChange={(event) => isScheduled.onChange({ target: { value: event.target.checked ? 'yes' : '' } })}
      />
      {isScheduled.value === 'yes' ? <WindowFields form={form} /> : null}
    </PolicyFormShell>
  );
}
