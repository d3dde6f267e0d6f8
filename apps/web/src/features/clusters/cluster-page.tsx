'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { KeyValues, PageHeader, Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useRights } from '../query/use-rights.ts';
import { usePageTitle } from '../shell/page-title.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { AccessManifest } from './access-manifest.tsx';
import { ClusterActions } from './cluster-actions.tsx';
import { ClusterChecks } from './cluster-checks.tsx';
import { purposesText } from './purposes.tsx';

type Cluster = RouterOutputs['cluster']['get'];
type AnyCluster = RouterOutputs['cluster']['getAny'];

// The health of a cluster that no tenant uses is told to no tenant's pages, so whoever runs the platform looks again and again.
const lookEveryMs = 3_000;

/** One cluster: its health, what its last test found, and for those who run the platform how it is reached and what uses it. */
export function ClusterPage({ clusterId }: { clusterId: string }) {
  return useRights().isPlatformAdmin ? <PlatformCluster clusterId={clusterId} /> : <TenantCluster clusterId={clusterId} />;
}

function TenantCluster({ clusterId }: { clusterId: string }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  useLive([`tenant:${id}`]);
  const query = useQuery(api.cluster.get.queryOptions({ tenant, clusterId }));
  return (
    <QueryView query={query} failed="The cluster could not be loaded">
      {(cluster) => (
        <ClusterFrame cluster={cluster}>
          <KeyValues items={factsOf(cluster)} />
        </ClusterFrame>
      )}
    </QueryView>
  );
}

function PlatformCluster({ clusterId }: { clusterId: string }) {
  const api = useApi();
  const query = useQuery({ ...api.cluster.getAny.queryOptions({ clusterId }), refetchInterval: lookEveryMs });
  return (
    <QueryView query={query} failed="The cluster could not be loaded">
      {(cluster) => (
        <>
          <ClusterFrame cluster={cluster} actions={<ClusterActions cluster={cluster} />}>
            <KeyValues
              items={[
                ...factsOf(cluster),
                { label: 'Address', value: <code className="break-all">{cluster.server}</code> },
                { label: 'Flow comes as', value: <AccountName account={cluster.capabilities.account} /> },
                { label: 'Used by', value: <Uses uses={cluster.uses} /> },
                { label: 'Connected', value: <Time at={cluster.createdAt} /> },
              ]}
            />
          </ClusterFrame>
          <div className="mt-5">
            <Panel title="The account of Flow">
              <AccessManifest purposes={cluster.purposes} />
            </Panel>
          </div>
        </>
      )}
    </QueryView>
  );
}

function ClusterFrame({ cluster, actions, children }: { cluster: Cluster; actions?: ReactNode; children: ReactNode }) {
  const { slug } = useTenant();
  usePageTitle(`${cluster.name}: ${stateLabel(cluster.health)}`);
  const { checks } = cluster.capabilities;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={cluster.name}
        subtitle={<Health cluster={cluster} />}
        crumbs={[{ label: 'Clusters', href: `/t/${slug}/admin/clusters` }]}
        actions={actions}
      />
      <Panel title="What its last test found" isFlush>
        {checks === undefined ? (
          <EmptyState title={cluster.health === 'unreachable' ? 'Not tested: it does not let Flow in' : 'It is being tested'}>
            {cluster.healthReason ?? 'What is found shows here.'}
          </EmptyState>
        ) : (
          <ClusterChecks checks={checks} />
        )}
      </Panel>
      <Panel title="Facts">{children}</Panel>
    </div>
  );
}

function Health({ cluster }: { cluster: Cluster }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <Status tone={stateTone(cluster.health)} label={stateLabel(cluster.health)} />
        {cluster.healthSince === null ? null : (
          <span>
            since <Time at={cluster.healthSince} />
          </span>
        )}
      </span>
      {cluster.healthReason === null ? null : <span className="break-words">{cluster.healthReason}</span>}
    </span>
  );
}

function factsOf(cluster: Cluster): { label: string; value: ReactNode }[] {
  return [
    { label: 'Region', value: cluster.region },
    { label: 'For', value: purposesText(cluster.purposes) },
    { label: 'Tested', value: cluster.checkedAt === null ? 'Never' : <Time at={cluster.checkedAt} /> },
  ];
}

function AccountName({ account }: { account: string | undefined }) {
  return account === undefined || account === '' ? 'Not known yet' : <code className="break-all">{account}</code>;
}

function Uses({ uses: { environments, openRunCount } }: { uses: AnyCluster['uses'] }) {
  const runs = openRunCount === 0 ? [] : [openRunCount === 1 ? 'one run that has not ended' : `${openRunCount} runs that have not ended`];
  const used = [...environments.map((one) => `${one.environmentName} of ${one.tenantName}`), ...runs];
  return used.length === 0 ? 'Nothing' : used.join(', ');
}
