'use client';

import { EmptyState, Skeleton } from '@flow/ui/feedback';
import { SelectField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { DeployArtifact } from '../artifacts/deploy-artifact.tsx';
import { ExplanationPreview } from '../governance/explanation/explanation-preview.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Service } from './service-page.tsx';

/** "Can I deploy now?" for any environment and artifact of the service, with everything that was considered. */
export function CanIDeploy({ service }: { service: Service }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const filters = useUrlFilters();
  const artifacts = useQuery(api.artifact.list.queryOptions({ tenant, serviceId: service.id, limit: 50 }));
  const items = artifacts.data?.items ?? [];
  const environment = service.environments.find(({ slug }) => slug === filters.get('to')) ?? service.environments.at(-1);
  const artifact = items.find(({ id }) => id === filters.get('artifact')) ?? items[0];
  return (
    <Panel
      title="Can I deploy now?"
      actions={artifact === undefined ? null : <DeployArtifact artifact={{ ...artifact, serviceName: service.name }} />}
    >
      {environment === undefined || (artifact === undefined && !artifacts.isPending) ? (
        <EmptyState title="There is nothing to ask yet">It takes an environment to go to and an artifact that a run has made.</EmptyState>
      ) : (
        <div className="flex flex-col gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField
              label="To"
              options={service.environments.map(({ slug, name }) => ({ value: slug, label: name }))}
              value={environment.slug}
              onChange={(event) => filters.set({ to: event.target.value })}
            />
            <SelectField
              label="Version"
              options={items.map(({ id, version, commitMessage }) => ({ value: id, label: labelOf(version, commitMessage) }))}
              value={artifact?.id ?? ''}
              onChange={(event) => filters.set({ artifact: event.target.value })}
            />
          </div>
          {artifact === undefined ? (
            <Skeleton />
          ) : (
            <ExplanationPreview serviceId={service.id} environmentId={environment.id} artifactId={artifact.id} />
          )}
        </div>
      )}
    </Panel>
  );
}

function labelOf(version: string, commitMessage: string): string {
  const [firstLine = ''] = commitMessage.split('\n');
  return firstLine === '' ? version : `${version}: ${firstLine.slice(0, 60)}`;
}
