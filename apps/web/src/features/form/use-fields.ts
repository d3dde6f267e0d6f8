'use client';

import { useState } from 'react';
import { faultOf } from '../../api-client/fault.ts';

interface Changed {
  target: { value: string };
}

export interface FieldProps {
  name: string;
  value: string;
  onChange: (event: Changed) => void;
  error?: string;
}

export interface Fields<Name extends string> {
  values: Readonly<Record<Name, string>>;
  /** What a field of the kit takes: its value, its change, and what the server said against it. */
  field: (name: Name) => FieldProps;
  /** What was said against the save as a whole, or against something that has no field here; empty when there is nothing. */
  message: string;
  /** Empty again, after the save. */
  clear: () => void;
}

/** The texts of a form. They stay as typed whatever the server answers; its objections stand at their fields until these change. */
export function useFields<Name extends string>(initial: Readonly<Record<Name, string>>, error: unknown): Fields<Name> {
  const [values, setValues] = useState(initial);
  const [mended, setMended] = useState<{ error: unknown; names: ReadonlySet<string> }>({ error, names: new Set() });
  const isMended = (name: string): boolean => mended.error === error && mended.names.has(name);
  const fault = error === null ? null : faultOf(error);
  const change = (name: Name, value: string): void => {
    setValues((known) => ({ ...known, [name]: value }));
    setMended((known) => ({ error, names: new Set(known.error === error ? [...known.names, name] : [name]) }));
  };
  const objections = [...(fault?.fields ?? [])];
  const isAtField = (path: string): boolean => Object.keys(values).some((name) => path === name || path.startsWith(`${name}.`));
  const elsewhere = objections.filter(([path]) => !isAtField(path)).map(([path, message]) => `${path}: ${message}`);
  return {
    values,
    field: (name) => {
      const told = objections.filter(([path]) => path === name || path.startsWith(`${name}.`)).map((objection) => textOf(name, objection));
      const isShown = told.length > 0 && !isMended(name);
      return {
        name,
        value: values[name],
        onChange: (event) => change(name, event.target.value),
        ...(isShown ? { error: told.join('. ') } : {}),
      };
    },
    message: fault === null || (objections.length > 0 && elsewhere.length === 0) ? '' : [fault.message, ...elsewhere].join('. '),
    clear: () => setValues(initial),
  };
}

/** An objection to a part of the field says which part: a kubeconfig has many. */
function textOf(name: string, [path, message]: readonly [string, string]): string {
  return path === name ? message : `${path.slice(name.length + 1)}: ${message}`;
}
