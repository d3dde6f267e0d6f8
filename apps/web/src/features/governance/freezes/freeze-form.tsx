'use client';

import { SelectField, TextArea } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useFields } from '../../form/use-fields.ts';
import { UsualLoad } from '../foresight/usual-load.tsx';
import { AppliesToFields } from '../policy/applies-to.tsx';
import { PickNamed } from '../policy/pick-named.tsx';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { useScopeChoices } from '../policy/use-scope-choices.ts';
import { inFlightOptions, toFreezeDocument, toFreezeTexts } from './freeze-texts.ts';
import { viewerZone } from './clock.ts';
import { WindowFields } from '../window/window-fields.tsx';

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
