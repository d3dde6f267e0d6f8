'use client';

import { useId } from 'react';
import type { ComponentProps, ReactNode } from 'react';

interface Described {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

const box = 'bg-surface w-full rounded-md border border-line px-2.5 text-sm placeholder:text-muted aria-invalid:border-danger-fg';

function Field({ id, label, hint, error, children }: Described & { id: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium">
        {label}
      </label>
      {children}
      {hint !== undefined && error === undefined && (
        <p id={`${id}-about`} className="text-muted text-xs">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-about`} role="alert" className="text-danger-fg text-xs">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: Described) {
  return {
    id,
    'aria-invalid': error !== undefined || undefined,
    'aria-describedby': hint === undefined && error === undefined ? undefined : `${id}-about`,
  };
}

/** One line of text. */
export function TextField({ label, hint, error, className = '', ...props }: Described & ComponentProps<'input'>) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <input {...described(id, { label, hint, error })} className={`${box} h-9 ${className}`} {...props} />
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, className = '', ...props }: Described & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <textarea {...described(id, { label, hint, error })} className={`${box} min-h-24 py-2 ${className}`} {...props} />
    </Field>
  );
}

/** One of a few. */
export function SelectField({
  label,
  hint,
  error,
  options,
  className = '',
  ...props
}: Described & ComponentProps<'select'> & { options: readonly { value: string; label: string }[] }) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <select {...described(id, { label, hint, error })} className={`${box} h-9 ${className}`} {...props}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Yes or no. */
export function Checkbox({ label, ...props }: ComponentProps<'input'> & { label: string }) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2">
      <input id={id} type="checkbox" className="size-4" {...props} />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
