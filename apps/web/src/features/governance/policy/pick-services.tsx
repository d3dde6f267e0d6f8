'use client';

import { Button } from '@flow/ui/button';
import { TextField } from '@flow/ui/field';
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import type { FieldProps } from '../../form/use-fields.ts';
import { splitList } from './scope.ts';

interface PickServicesProps extends FieldProps {
  label: string;
  hint: string;
  services: readonly { id: string; name: string }[];
}

/** Services by name, kept in the form as one text of ids: typed with proposals, taken back one by one. */
export function PickServices({ label, hint, services, value, onChange, error }: PickServicesProps) {
  const listId = useId();
  const [typed, setTyped] = useState('');
  const chosen = splitList(value);
  const tell = (ids: readonly string[]): void => onChange({ target: { value: ids.join(',') } });
  const take = (text: string): void => {
    const found = services.find((service) => service.name === text);
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
        {...(error === undefined ? {} : { error })}
      />
      <datalist id={listId}>
        {services
          .filter((service) => !chosen.includes(service.id))
          .map((service) => (
            <option key={service.id} value={service.name}>
              {service.name}
            </option>
          ))}
      </datalist>
      {chosen.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5" aria-label={`${label}: chosen`}>
          {chosen.map((id) => {
            const name = services.find((service) => service.id === id)?.name ?? 'a removed service';
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
