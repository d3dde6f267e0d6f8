'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import type { FieldProps } from '../../form/use-fields.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { PickNamed } from '../policy/pick-named.tsx';
import { splitList } from '../policy/scope.ts';

/** Members by name, looked up while one types. */
export function PickPeople({ label, ...field }: FieldProps & { label: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [search, setSearch] = useState('');
  const chosen = splitList(field.value);
  const known = useQuery({
    ...api.member.named.queryOptions({ tenant, userIds: chosen }),
    enabled: chosen.length > 0,
    placeholderData: keepPreviousData,
  });
  const found = useQuery(
    api.member.list.queryOptions({ tenant, limit: 20, search: search.slice(0, 100) }, { placeholderData: keepPreviousData }),
  );
  const options = new Map([...(found.data?.items ?? []), ...(known.data ?? [])].map(({ userId, name }) => [userId, name]));
  return (
    <PickNamed
      label={label}
      hint="Type a name and choose it from the list"
      gone={known.isPending ? '…' : 'someone who has left'}
      options={[...options].map(([id, name]) => ({ id, name }))}
      onType={setSearch}
      {...field}
    />
  );
}
