'use client';

import { Checkbox, SelectField, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useFields } from '../../form/use-fields.ts';
import type { Fields } from '../../form/use-fields.ts';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { planNumbers, planSwitches, toGuardrailDocument, toGuardrailTexts } from './guardrail-texts.ts';
import type { GuardrailField } from './guardrail-texts.ts';

const consequences = [
  { value: 'hold', label: 'It is held' },
  { value: 'abort', label: 'It is aborted' },
];

/** Writes a guardrail or changes one. */
export function GuardrailForm({ policy, isReadOnly, onSaved }: PolicyFormProps) {
  const { save, isPending, error } = useSavePolicy();
  const form = useFields(toGuardrailTexts(policy), error);
  const submit = (): void => {
    const { note, isForAll } = form.values;
    const document = toGuardrailDocument(form.values, policy);
    save({ kind: 'guardrail', policy, isForAll: isForAll === 'yes', document, note }, (id) => {
      toast(`${form.values['document.title']} was saved`);
      onSaved(id);
    });
  };
  return (
    <PolicyFormShell policy={policy} form={form} isReadOnly={isReadOnly} isBusy={isPending} error={error} onSubmit={submit}>
      <PlanFields form={form} />
      <RunFields form={form} />
    </PolicyFormShell>
  );
}

function PlanFields({ form }: { form: Fields<GuardrailField> }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-medium">Limits on every plan</legend>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        {planSwitches.map(({ name, label }) => {
          const { value, onChange } = form.field(`document.plan.${name}`);
          return (
            <Checkbox
              key={name}
              label={label}
              checked={value === 'yes'}
              onChange={(event) => onChange({ target: { value: event.target.checked ? 'yes' : '' } })}
            />
          );
        })}
      </div>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {planNumbers.map(({ name, label, unit }) => (
          <TextField
            key={name}
            label={label}
            inputMode="numeric"
            hint={`In ${unit}; empty: no limit`}
            {...form.field(`document.plan.${name}`)}
          />
        ))}
      </div>
      <TextField
        label="Where charts may come from"
        hint="Beginnings of their repository, with commas between them; flow is Flow's own chart. Empty: from anywhere"
        {...form.field('document.plan.chartSources')}
      />
    </fieldset>
  );
}

const runLimits = [
  { name: 'failedRegionsMax', label: 'Regions that may fail at most', hint: 'Empty: no limit', crossed: 'When more fail' },
  { name: 'durationMaxSeconds', label: 'It may take at most', hint: 'In seconds; empty: no limit', crossed: 'When it takes longer' },
] as const;

function RunFields({ form }: { form: Fields<GuardrailField> }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-medium">Limits on every running deployment</legend>
      {runLimits.map(({ name, label, hint, crossed }) => (
        <div key={name} className="grid gap-4 sm:grid-cols-2">
          <TextField label={label} inputMode="numeric" hint={hint} {...form.field(`document.run.${name}.count`)} />
          <SelectField label={crossed} options={consequences} {...form.field(`document.run.${name}.consequence`)} />
        </div>
      ))}
    </fieldset>
  );
}
