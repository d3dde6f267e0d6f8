'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { KeyValues, PageHeader, Panel } from '@flow/ui/panel';
import { Badge } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { ArtifactTable } from '../artifacts/artifact-table.tsx';
import { DriftPanel } from '../drift/drift-panel.tsx';
import { DeploymentLine } from '../deployments/deployment-line.tsx';
import { NextPromotions } from '../promotion/next-promotions.tsx';
import { QueryView } from '../query/query-view.tsx';
import { RunTable } from '../runs/run-table.tsx';
import { usePageTitle } from '../shell/page-title.ts';
import { useTenant } from '../shell/tenant.tsx';
import { CanIDeploy } from './can-i-deploy.tsx';
import { ServiceActions } from './service-actions.tsx';
import { ServiceMatrix } from './service-matrix.tsx';

export type Service = RouterOutputs['service']['get'];

const shownCount = 10;

/** One service: what runs where, its newest runs and artifacts. */
export function ServicePage({ service }: { service: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.service.get.queryOptions({ tenant, service }));
  return (
    <QueryView query={query} failed="The service could not be loaded">
      {(loaded) => <LoadedService service={loaded} />}
    </QueryView>
  );
}

function LoadedService({ service }: { service: Service }) {
  const { slug } = useTenant();
  useLive([`service:${service.id}`]);
  usePageTitle(service.name);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={service.name}
        subtitle={service.description === '' ? service.repositoryUrl : service.description}
        crumbs={[{ label: 'Services', href: `/t/${slug}/services` }]}
        actions={<ServiceActions service={service} />}
      />
      <Panel title="What runs where" isFlush>
        <ServiceMatrix service={service} />
      </Panel>
      <DriftPanel service={service} />
      <NextPromotions serviceId={service.id} />
      <CanIDeploy service={service} />
      <NewestDeployments serviceId={service.id} />
      <NewestRuns serviceId={service.id} />
      <NewestArtifacts serviceId={service.id} />
      <Panel title="Facts">
        <KeyValues
          items={[
            { label: 'Tier', value: <Badge>{`Tier ${service.tier}`}</Badge> },
            { label: 'Owner', value: service.owner === '' ? 'Nobody named' : service.owner },
            { label: 'Repository', value: service.repositoryUrl },
            { label: 'Default branch', value: service.defaultBranch },
            { label: 'Chart', value: service.chart.kind === 'flow' ? 'The chart of Flow' : `In the repository: ${service.chart.path}` },
            { label: 'Depends on', value: service.dependsOn.length === 0 ? 'Nothing' : service.dependsOn.join(', ') },
            { label: 'Created', value: <Time at={service.createdAt} /> },
          ]}
        />
      </Panel>
    </div>
  );
}

function NewestDeployments({ serviceId }: { serviceId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.deployment.list.queryOptions({ tenant, serviceId, limit: 6 }));
  return (
    <Panel title="Deployments" isFlush>
      <QueryView query={query} failed="The deployments could not be loaded">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No deployments yet">
              The deploy stages of a run make them, and so does Deploy… beside an artifact.
            </EmptyState>
          ) : (
            <ul className="divide-line divide-y">
              {items.map((row) => (
                <DeploymentLine key={row.id} row={row} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Panel>
  );
}

function NewestRuns({ serviceId }: { serviceId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.run.list.queryOptions({ tenant, serviceId, limit: shownCount }));
  return (
    <Panel title="Runs" isFlush>
      <QueryView query={query} failed="The runs could not be loaded">
        {({ items }) => (
          <RunTable
            runs={items}
            emptyState={<EmptyState title="No runs yet">Push to the repository, or start a run on a commit.</EmptyState>}
          />
        )}
      </QueryView>
    </Panel>
  );
}

function NewestArtifacts({ serviceId }: { serviceId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.artifact.list.queryOptions({ tenant, serviceId, limit: shownCount }));
  return (
    <Panel title="Artifacts" isFlush>
      <QueryView query={query} failed="The artifacts could not be loaded">
        {({ items }) => (
          <ArtifactTable
            artifacts={items}
            emptyState={
              <EmptyState title="No artifacts yet">
                A run that succeeds leaves one here. It can then be deployed to any environment.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}
