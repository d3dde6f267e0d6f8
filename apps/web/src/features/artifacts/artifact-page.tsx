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
import { GatesOfArtifact } from '../governance/gates/gates-of-artifact.tsx';
import { QueryView } from '../query/query-view.tsx';
import { usePageTitle } from '../shell/page-title.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ArtifactStanding } from './artifact-standing.tsx';
import { DeployArtifact } from './deploy-artifact.tsx';
import { QuarantineActions, openQuarantine } from './quarantine-actions.tsx';
import { QuarantinePanel } from './quarantine-panel.tsx';

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
        actions={
          <>
            <QuarantineActions artifact={artifact} />
            {openQuarantine(artifact) === null ? <DeployArtifact artifact={artifact} /> : null}
          </>
        }
      />
      <QuarantinePanel artifact={artifact} />
      <ArtifactStanding artifact={artifact} />
      <GatesOfArtifact artifactId={artifact.id} />
      <Panel title="Where it went" isFlush>
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
        {
          label: 'Commit',
          value: (
            <>
              <code className="mr-2 break-all">{artifact.commitSha}</code>
              <Link className="text-accent underline" href={`/t/${slug}/commits/${artifact.commitSha}`}>
                Where is it now?
              </Link>
            </>
          ),
        },
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
        ...artifact.quarantines.flatMap((one) =>
          one.releasedAt === null ? [] : [{ label: 'Was in quarantine', value: <PastQuarantine key={one.id} quarantine={one} /> }],
        ),
      ]}
    />
  );
}

function DeploymentTable({ deployments }: { deployments: Artifact['deployments'] }) {
  const { slug } = useTenant();
  return (
    <DataTable
      caption="Where it went"
      columns={[
        { key: 'environment', header: 'Environment', cell: (one) => one.environmentName },
        { key: 'state', header: 'State', cell: (one) => <Status tone={stateTone(one.state)} label={stateLabel(one.state)} /> },
        {
          key: 'by',
          header: 'Asked by',
          cell: (one) => one.requestedByName ?? (one.promotionRuleTitle === null ? 'Flow' : `Flow, by the rule ${one.promotionRuleTitle}`),
        },
        { key: 'created', header: 'When', cell: (one) => <Time at={one.createdAt} /> },
        { key: 'replaced', header: 'Until', cell: (one) => (one.replacedAt === null ? '–' : <Time at={one.replacedAt} />) },
      ]}
      rows={deployments}
      rowKey={(one) => one.id}
      rowHref={(one) => `/t/${slug}/deployments/${one.id}`}
      emptyState={<EmptyState title="Never deployed">“Deploy…” shows first what the rules would say.</EmptyState>}
    />
  );
}

function PastQuarantine({ quarantine }: { quarantine: Artifact['quarantines'][number] }) {
  const { placedByName, reason, releasedByName, releaseReason, releasedAt } = quarantine;
  return (
    <>
      {`${placedByName}: ${reason}. Released by ${releasedByName ?? 'somebody'}: ${releaseReason ?? ''} `}
      <Time at={releasedAt} />
    </>
  );
}
