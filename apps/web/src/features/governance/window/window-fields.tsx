'use client';

import { SelectField, TextField } from '@flow/ui/field';
import { useId } from 'react';
import type { Fields } from '../../form/use-fields.ts';
import { CheckMany } from '../policy/check-many.tsx';
import { dayOptions } from './recurrence.ts';
import type { WindowField } from './window-texts.ts';

const repeatOptions = [
  { value: 'none', label: 'Once' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
  { value: 'monthly', label: 'Every month' },
  { value: 'custom', label: 'By a rule of RFC 5545 (RRULE)' },
];

/** A window in time: its start and end on a wall, and when it comes again. */
export function WindowFields({ form }: { form: Fields<WindowField> }) {
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
