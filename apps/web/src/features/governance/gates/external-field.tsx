'use client';

import { SelectField } from '@flow/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { CheckFieldsProps } from './check-fields.tsx';

const silences = [
  { value: 'hold', label: 'Holds, until somebody has it asked again' },
  { value: 'refuse', label: 'Refuses' },
  { value: 'pass', label: 'Lets pass' },
];

/** Who is asked, and what it means when no answer comes. */
export function ExternalFields({ number, check, isOfPlatform, errorAt, onChange }: CheckFieldsProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { data } = useQuery(api.externalCheck.list.queryOptions({ tenant }));
  const options = (data ?? []).filter(({ isPlatform }) => isPlatform === isOfPlatform).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <SelectField
        label={`Who is asked by check ${number}`}
        hint={
          isOfPlatform
            ? 'External checks of the platform are made under Governance, Gates'
            : 'External checks are made under Governance, Gates'
        }
        options={[{ value: '', label: 'Choose' }, ...options]}
        value={check.externalId}
        error={errorAt('externalId')}
        onChange={(event) => onChange({ externalId: event.target.value })}
      />
      <SelectField
        label={`No answer to check ${number}`}
        options={silences}
        value={check.ifSilent}
        error={errorAt('ifSilent')}
        onChange={(event) => onChange({ ifSilent: event.target.value })}
      />
    </>
  );
}
