'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ClusterTable } from './cluster-table.tsx';

// The health of a cluster that no tenant uses is told to no tenant's pages.
const lookEveryMs = 10_000;

/** Clusters: those of this tenant's environments, and for platform admins all of the installation. */
export function ClusterListPage() {
  const { isPlatformAdmin } = useRights();
  const { id, slug } = useTenant();
  useLive([`tenant:${id}`]);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Clusters"
        subtitle="Where pipelines run and versions are deployed to."
        actions={
          isPlatformAdmin ? (
            <ButtonLink variant="primary" href={`/t/${slug}/admin/clusters/new`}>
              Connect a cluster
            </ButtonLink>
          ) : null
        }
      />
      {isPlatformAdmin ? <AllClusters /> : null}
      <TenantClusters />
    </div>
  );
}

function TenantClusters() {
  const api = useApi();
  const { slug: tenant, name } = useTenant();
  const query = useQuery(api.cluster.list.queryOptions({ tenant }));
  return (
    <Panel title={`Clusters of ${name}`} isFlush>
      <QueryView query={query} failed="The clusters could not be loaded">
        {(clusters) => (
          <ClusterTable
            caption={`Clusters of ${name}`}
            clusters={clusters}
            emptyState={
              <EmptyState title="No clusters yet">
                A cluster appears here as soon as an environment of this tenant has a target in it.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}

function AllClusters() {
  const api = useApi();
  const query = useQuery({ ...api.cluster.listAll.queryOptions(), refetchInterval: lookEveryMs });
  return (
    <Panel title="All clusters" isFlush>
      <QueryView query={query} failed="The clusters could not be loaded">
        {(clusters) => (
          <ClusterTable
            caption="All clusters"
            clusters={clusters}
            emptyState={
              <EmptyState title="No clusters yet">
                Connect one with a kubeconfig or a token: Flow keeps its credential sealed and shows it to nobody.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}
