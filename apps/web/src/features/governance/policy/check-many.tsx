'use client';

import { Checkbox } from '@flow/ui/field';
import { useId } from 'react';
import type { FieldProps } from '../../form/use-fields.ts';
import { splitList } from './scope.ts';

interface CheckManyProps extends FieldProps {
  legend: string;
  hint?: string;
  options: readonly { value: string; label: string }[];
}

/** Some of a few, kept in the form as one text with commas between the values. What is chosen and no longer offered stays in sight. */
export function CheckMany({ legend, hint, options, value, onChange, error }: CheckManyProps) {
  const aboutId = useId();
  const chosen = splitList(value);
  const gone = chosen.filter((one) => options.every((option) => option.value !== one)).map((one) => ({ value: one, label: one }));
  const all = [...options, ...gone];
  const about = error ?? hint;
  const toggle = (one: string, isOn: boolean): void => {
    const next = all.map((option) => option.value).filter((known) => (known === one ? isOn : chosen.includes(known)));
    onChange({ target: { value: next.join(',') } });
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1" {...(about === undefined ? {} : { 'aria-describedby': aboutId })}>
      <legend className="mb-1 text-xs font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {all.length === 0 ? <span className="text-muted text-xs">There are none yet</span> : null}
        {all.map((option) => (
          <Checkbox
            key={option.value}
            label={option.label}
            checked={chosen.includes(option.value)}
            onChange={(event) => toggle(option.value, event.target.checked)}
          />
        ))}
      </div>
      {about === undefined ? null : (
        <p id={aboutId} className={`text-xs ${error === undefined ? 'text-muted' : 'text-danger-fg'}`}>
          {about}
        </p>
      )}
    </fieldset>
  );
}
