'use client';

import { SelectField, TextArea, TextField } from '@flow/ui/field';
import type { Fields } from '../form/use-fields.ts';
import type { EnvironmentTexts } from './environment-texts.ts';
import { ProgressionFields } from './progression-fields.tsx';

const kinds = [
  { value: 'development', label: 'Development' },
  { value: 'staging', label: 'Staging' },
  { value: 'production', label: 'Production' },
  { value: 'ephemeral', label: 'Ephemeral' },
];

interface EnvironmentFieldsProps {
  form: Fields<keyof EnvironmentTexts>;
  /** What this page itself found unreadable, by field. */
  faults: Partial<Record<keyof EnvironmentTexts, string>>;
  isNew: boolean;
}

/** The fields of an environment, in the order in which people think of them. */
export function EnvironmentFields({ form, faults, isNew }: EnvironmentFieldsProps) {
  const field = (name: keyof EnvironmentTexts) => {
    const fault = faults[name];
    return { ...form.field(name), ...(fault === undefined ? {} : { error: fault }) };
  };
  return (
    <>
      <TextField label="Name" {...field('name')} />
      {isNew ? (
        <>
          <TextField
            label="Address"
            hint="In URLs and pipelines: small letters, digits and dashes. It cannot be changed later."
            {...field('slug')}
          />
          <SelectField label="Kind" options={kinds} {...field('kind')} />
        </>
      ) : null}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        <TextField label="Place on the path" inputMode="numeric" {...field('position')} />
        <TextField label="Approvals" inputMode="numeric" hint="By others than the requester" {...field('requiredApprovals')} />
        <TextField label="Bake time" inputMode="numeric" hint="Seconds after each wave" {...field('bakeTimeSeconds')} />
      </div>
      <TextArea label="Waves" rows={3} hint="Regions in the order in which they are deployed: a wave on each line" {...field('waves')} />
      <ProgressionFields field={field} onFailure={form.values.onFailure} whenUnreachable={form.values.whenUnreachable} />
      <TextArea
        label="Canary steps"
        rows={4}
        className="font-mono"
        hint="One on each line: 20 %, wait 5m, wait (for a person), analysis. Empty: all at once"
        {...field('steps')}
      />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <TextField label="Error rate at most" inputMode="decimal" hint="Percent; empty: not measured" {...field('maxErrorRatePercent')} />
        <TextField label="95th percentile at most" inputMode="decimal" hint="Milliseconds" {...field('maxP95Ms')} />
      </div>
      <TextArea
        label="Values"
        rows={5}
        spellCheck={false}
        className="font-mono"
        hint="Helm values of this environment, over those of the service, as YAML"
        {...field('values')}
      />
    </>
  );
}
