'use client';

import { EmptyState } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Pager } from '@flow/ui/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { DeploymentLine } from '../../deployments/deployment-line.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';

/** The deployments that Flow has asked for by a promotion rule, newest first. */
export function Promoted({ ruleId }: { ruleId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const place = cursor === undefined ? {} : { cursor };
  const query = useQuery(
    api.deployment.list.queryOptions({ tenant, promotionRuleId: ruleId, limit: 10, ...place }, { placeholderData: keepPreviousData }),
  );
  return (
    <Panel title="What it promoted" isFlush>
      <QueryView query={query} failed="What it promoted could not be loaded">
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState title="Nothing promoted yet">
              What it waits for stands on the page of each service. In shadow it promotes nothing.
            </EmptyState>
          ) : (
            <>
              <ul className="divide-line divide-y">
                {items.map((row) => (
                  <DeploymentLine key={row.id} row={row} />
                ))}
              </ul>
              <Pager
                hasNewer={cursors.length > 0}
                hasOlder={nextCursor !== null}
                onNewer={() => setCursors(cursors.slice(0, -1))}
                onOlder={() => setCursors([...cursors, nextCursor ?? ''])}
              />
            </>
          )
        }
      </QueryView>
    </Panel>
  );
}
