'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { KeyValues, PageHeader, Panel } from '@flow/ui/panel';
import { Badge } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { CreateEnvironment, EnvironmentActions } from './environment-actions.tsx';
import { secondsText } from './seconds-text.ts';

type Environment = RouterOutputs['environment']['list'][number];

/** The promotion path: each environment with its rules, its waves and where it lives. */
export function EnvironmentListPage() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const query = useQuery(api.environment.list.queryOptions({ tenant }));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Environments"
        subtitle="In the order in which a version is promoted."
        actions={
          <>
            <ButtonLink href={`/t/${tenant}/environments/compare`}>Compare two</ButtonLink>
            {can('environment:manage') ? <CreateEnvironment /> : null}
          </>
        }
      />
      <QueryView query={query} failed="The environments could not be loaded">
        {(environments) =>
          environments.length === 0 ? (
            <Panel>
              <EmptyState title="No environments yet">
                An environment names the clusters and namespaces that a version is deployed to, and how. A tenant admin creates it.
              </EmptyState>
            </Panel>
          ) : (
            environments.map((environment) => <EnvironmentPanel key={environment.id} environment={environment} />)
          )
        }
      </QueryView>
    </div>
  );
}

function EnvironmentPanel({ environment }: { environment: Environment }) {
  const { can } = useRights();
  const approvals = environment.requiredApprovals;
  return (
    <Panel title={environment.name} actions={can('environment:manage') ? <EnvironmentActions environment={environment} /> : null}>
      <div className="flex flex-col gap-4">
        <KeyValues
          items={[
            { label: 'Kind', value: <Badge>{environment.kind}</Badge> },
            { label: 'Approvals', value: approvals === 0 ? 'None needed' : `${approvals} before each deployment` },
            {
              label: 'Bake time',
              value: environment.bakeTimeSeconds === 0 ? 'None' : `${secondsText(environment.bakeTimeSeconds)} after each wave`,
            },
            { label: 'Waves', value: <Waves environment={environment} /> },
          ]}
        />
        <DataTable
          caption={`Targets of ${environment.name}`}
          columns={[
            { key: 'region', header: 'Region', cell: (target) => target.region },
            { key: 'cluster', header: 'Cluster', cell: (target) => target.clusterName },
            { key: 'namespace', header: 'Namespace', cell: (target) => <code>{target.namespace}</code> },
          ]}
          rows={environment.targets}
          rowKey={(target) => target.id}
          emptyState={<EmptyState title="No targets">Nothing can be deployed here before it has a cluster.</EmptyState>}
        />
      </div>
    </Panel>
  );
}

function Waves({ environment }: { environment: Environment }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.environment.get.queryOptions({ tenant, environment: environment.slug }));
  return (
    <QueryView query={query} failed="The waves could not be loaded">
      {({ waves }) => (
        <ol className="flex flex-wrap gap-x-4">
          {waves.map((regions, index) => (
            <li key={regions.join(' ')}>{`${index + 1}. ${regions.join(', ')}`}</li>
          ))}
        </ol>
      )}
    </QueryView>
  );
}
