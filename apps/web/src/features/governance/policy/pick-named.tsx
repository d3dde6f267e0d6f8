'use client';

import { Button } from '@flow/ui/button';
import { TextField } from '@flow/ui/field';
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import type { FieldProps } from '../../form/use-fields.ts';
import { splitList } from './scope.ts';

interface PickNamedProps extends FieldProps {
  label: string;
  hint: string;
  /** What can be chosen, and what was chosen before. */
  options: readonly { id: string; name: string }[];
  /** What is shown for a chosen one that is not there any more. */
  gone: string;
  /** What is typed, for options that are looked up. */
  onType?: (text: string) => void;
}

/** Things by name, kept in the form as one text of ids: typed with proposals, taken back one by one. */
export function PickNamed({ label, hint, options, gone, onType, value, onChange, error }: PickNamedProps) {
  const listId = useId();
  const [typed, setTyped] = useState('');
  const chosen = splitList(value);
  const tell = (ids: readonly string[]): void => onChange({ target: { value: ids.join(',') } });
  const take = (text: string): void => {
    const found = options.find((option) => option.name === text);
    onType?.(found === undefined ? text : '');
    setTyped(found === undefined ? text : '');
    if (found !== undefined && !chosen.includes(found.id)) tell([...chosen, found.id]);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <TextField
        label={label}
        hint={hint}
        list={listId}
        autoComplete="off"
        value={typed}
        onChange={(event) => take(event.target.value)}
        // A name may be typed in full before what can be chosen has arrived.
        onBlur={() => take(typed)}
        {...(error === undefined ? {} : { error })}
      />
      <datalist id={listId}>
        {options
          .filter((option) => !chosen.includes(option.id))
          .map((option) => (
            <option key={option.id} value={option.name}>
              {option.name}
            </option>
          ))}
      </datalist>
      {chosen.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5" aria-label={`${label}: chosen`}>
          {chosen.map((id) => {
            const name = options.find((option) => option.id === id)?.name ?? gone;
            return (
              <li key={id}>
                <Button size="s" aria-label={`Take ${name} out`} onClick={() => tell(chosen.filter((one) => one !== id))}>
                  {name}
                  <X size={13} aria-hidden />
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
