'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { CopyButton } from '@flow/ui/copy';
import { EmptyState } from '@flow/ui/feedback';
import { KeyValues, PageHeader, Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { usePageTitle } from '../shell/page-title.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { DeployArtifact } from './deploy-artifact.tsx';

type Artifact = RouterOutputs['artifact']['get'];

/** One artifact: where it is, what it was built from, and where it went. */
export function ArtifactPage({ artifactId }: { artifactId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.artifact.get.queryOptions({ tenant, artifactId }));
  return (
    <QueryView query={query} failed="The artifact could not be loaded">
      {(artifact) => <LoadedArtifact artifact={artifact} />}
    </QueryView>
  );
}

function LoadedArtifact({ artifact }: { artifact: Artifact }) {
  const { slug } = useTenant();
  useLive([`service:${artifact.serviceId}`]);
  usePageTitle(`${artifact.serviceName} ${artifact.version}`);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={`${artifact.serviceName} ${artifact.version}`}
        subtitle={artifact.commitMessage}
        crumbs={[
          { label: 'Services', href: `/t/${slug}/services` },
          { label: artifact.serviceName, href: `/t/${slug}/services/${artifact.serviceSlug}` },
        ]}
        actions={<DeployArtifact artifact={artifact} />}
      />
      <Panel title="Where it is" isFlush>
        <RunningTable running={artifact.running} />
      </Panel>
      <Panel title="Deployments" isFlush>
        <DeploymentTable deployments={artifact.deployments} />
      </Panel>
      <Panel title="Facts">
        <Facts artifact={artifact} />
      </Panel>
    </div>
  );
}

function Facts({ artifact }: { artifact: Artifact }) {
  const { slug } = useTenant();
  return (
    <KeyValues
      items={[
        {
          label: 'Digest',
          value: (
            <span className="flex flex-wrap items-center gap-2">
              <code className="break-all">{artifact.digest}</code>
              <CopyButton value={artifact.digest} label="Copy the digest" />
            </span>
          ),
        },
        { label: 'Repository', value: artifact.repository },
        { label: 'Kind', value: artifact.kind },
        ...(artifact.chartVersion === '' ? [] : [{ label: 'Chart version', value: artifact.chartVersion }]),
        { label: 'Commit', value: <code className="break-all">{artifact.commitSha}</code> },
        { label: 'Author', value: artifact.commitAuthor === '' ? 'Not known' : artifact.commitAuthor },
        {
          label: 'Run',
          value:
            artifact.runId === null ? (
              'From outside'
            ) : (
              <Link className="underline" href={`/t/${slug}/runs/${artifact.runId}`}>
                {`Run ${artifact.runNumber ?? ''}`}
              </Link>
            ),
        },
        { label: 'Created', value: <Time at={artifact.createdAt} /> },
      ]}
    />
  );
}

function RunningTable({ running }: { running: Artifact['running'] }) {
  const { slug } = useTenant();
  return (
    <DataTable
      caption="Where it is"
      columns={[
        { key: 'environment', header: 'Environment', cell: (one) => one.environmentName },
        { key: 'region', header: 'Region', cell: (one) => one.region },
        { key: 'since', header: 'Since', cell: (one) => <Time at={one.since} /> },
      ]}
      rows={running}
      rowKey={(one) => `${one.environmentId} ${one.region}`}
      rowHref={(one) => `/t/${slug}/deployments/${one.deploymentId}`}
      emptyState={<EmptyState title="It runs nowhere">Deploy it, or see below where it ran before.</EmptyState>}
    />
  );
}

function DeploymentTable({ deployments }: { deployments: Artifact['deployments'] }) {
  const { slug } = useTenant();
  return (
    <DataTable
      caption="Deployments"
      columns={[
        { key: 'environment', header: 'Environment', cell: (one) => one.environmentName },
        { key: 'state', header: 'State', cell: (one) => <Status tone={stateTone(one.state)} label={stateLabel(one.state)} /> },
        { key: 'created', header: 'Created', cell: (one) => <Time at={one.createdAt} /> },
      ]}
      rows={deployments}
      rowKey={(one) => one.id}
      rowHref={(one) => `/t/${slug}/deployments/${one.id}`}
      emptyState={<EmptyState title="Never deployed">“Deploy…” shows first what the rules would say.</EmptyState>}
    />
  );
}
