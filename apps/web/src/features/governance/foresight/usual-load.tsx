'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { useApi } from '../../../api-client/api.ts';
import { useSettled } from '../../form/use-settled.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { PolicyDocument } from '../policy/save-policy.ts';

interface UsualLoadProps {
  kind: 'rule' | 'freeze';
  /** As it stands in the form. */
  document: PolicyDocument;
}

const documentText = z.record(z.string(), z.json());

/** Whom a rule or a freeze that is being written will hold, and how many usual deployments of theirs. Nothing while it cannot be read yet. */
export function UsualLoad({ kind, document }: UsualLoadProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const settled = useSettled(JSON.stringify(document));
  const query = useQuery(
    api.policy.foresee.queryOptions(
      { tenant, kind, document: documentText.parse(JSON.parse(settled)) },
      { placeholderData: keepPreviousData, retry: false },
    ),
  );
  if (query.data === undefined || query.isError) return null;
  const { startCount, heldCount, services } = query.data;
  if (startCount === 0)
    return <output className="text-muted block">Nothing was deployed in the last four weeks that it could hold.</output>;
  return (
    <output className="bg-raised block rounded-md px-3 py-2">
      <span className="font-medium">
        {kind === 'freeze'
          ? `If the coming weeks are as the last four, it holds ${heldCount} of ${startCount} deployments`
          : `Of the ${startCount} deployments of the last four weeks it would have stopped ${heldCount}`}
      </span>
      {services.length === 0 ? null : (
        <span className="text-muted">: {services.map(({ serviceName, heldCount: held }) => `${serviceName} ${held}`).join(', ')}</span>
      )}
    </output>
  );
}
