'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { Tabs } from '@flow/ui/tabs';
import { Status } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Duration, Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { outcomeOf } from '../backtest/outcome.ts';
import type { PolicyDetail } from './save-policy.ts';

type Finding = RouterOutputs['policy']['findings']['items'][number];

/** What a policy has said of real requests: where it decided, and in shadow what it would have done. */
export function PolicyFindings({ policy }: { policy: PolicyDetail }) {
  const [shown, show] = useState(policy.enforcement === 'shadow' ? 'shadow' : 'decided');
  return (
    <Panel title="What it has said">
      <Tabs
        value={shown}
        onValueChange={show}
        tabs={[
          { value: 'decided', label: 'Where it decided', content: <Findings policyId={policy.id} isShadow={false} /> },
          { value: 'shadow', label: 'In shadow', content: <Findings policyId={policy.id} isShadow /> },
        ]}
      />
    </Panel>
  );
}

function Findings({ policyId, isShadow }: { policyId: string; isShadow: boolean }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const place = cursor === undefined ? {} : { cursor };
  const query = useQuery(
    api.policy.findings.queryOptions({ tenant, policyId, isShadow, limit: 20, ...place }, { placeholderData: keepPreviousData }),
  );
  return (
    <QueryView query={query} failed="What it has said could not be loaded">
      {({ items, nextCursor }) => (
        <div className="flex flex-col gap-3">
          <DataTable
            caption={isShadow ? 'What it would have done' : 'What it has done'}
            columns={columnsOf(tenant)}
            rows={items}
            rowKey={(row) => row.id}
            emptyState={
              <EmptyState title={isShadow ? 'Nothing in shadow yet' : 'It has not had a say yet'}>
                {isShadow
                  ? 'In shadow a policy is judged with every request and decides nothing.'
                  : 'Each request that it stops, holds or notes stands here.'}
              </EmptyState>
            }
          />
          <Pager
            hasNewer={cursors.length > 0}
            hasOlder={nextCursor !== null}
            onNewer={() => setCursors(cursors.slice(0, -1))}
            onOlder={() => setCursors([...cursors, nextCursor ?? ''])}
          />
        </div>
      )}
    </QueryView>
  );
}

const effects = { deny: 'Refused', hold: 'Held', approvals: 'Asked for approvals', note: 'Noted' } as const satisfies Record<
  Finding['effect'],
  string
>;
const shadowEffects = {
  deny: 'Would have refused',
  hold: 'Would have held',
  approvals: 'Would have asked for approvals',
  note: 'Would have noted',
} as const satisfies Record<Finding['effect'], string>;

function columnsOf(tenant: string) {
  return [
    { key: 'what', header: 'Of', cell: (row: Finding) => <Of row={row} tenant={tenant} /> },
    {
      key: 'effect',
      header: 'Did',
      cell: (row: Finding) =>
        `${(row.isShadow ? shadowEffects : effects)[row.effect]}${row.exemption === null ? '' : ', passed by an exemption'}`,
    },
    { key: 'sentence', header: 'Said', isWide: true, cell: (row: Finding) => row.sentence },
    { key: 'when', header: 'When', cell: (row: Finding) => <Time at={row.beganAt} /> },
    { key: 'for', header: 'For', cell: (row: Finding) => <Duration from={row.beganAt} to={row.endedAt} /> },
    {
      key: 'outcome',
      header: 'What became of it',
      cell: (row: Finding) =>
        row.deploymentId === null ? <span className="text-muted">It did not come to it</span> : <Status {...outcomeOf(row.outcome)} />,
    },
  ];
}

function Of({ row, tenant }: { row: Finding; tenant: string }) {
  const name = `${row.serviceName} to ${row.environmentName}`;
  if (row.deploymentId === null) return name;
  return (
    <Link className="text-accent hover:underline" href={`/t/${tenant}/deployments/${row.deploymentId}`}>
      {name}
    </Link>
  );
}
