'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { ReleaseNotes } from '../promotion/release-notes.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { standingText } from './standing-text.ts';

type Standing = RouterOutputs['promotion']['standing'][number];

interface Row {
  environmentName: string;
  version: Standing['versions'][number] | null;
}

interface ArtifactStandingProps {
  artifact: { id: string; serviceName: string };
}

/** How the artifact stands to what runs in each environment, and the commits between them. Which ones are shown is in the URL. */
export function ArtifactStanding({ artifact }: ArtifactStandingProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const filters = useUrlFilters();
  const baseId = filters.get('against');
  const query = useQuery(api.promotion.standing.queryOptions({ tenant, artifactId: artifact.id }));
  return (
    <>
      <Panel title="In each environment" isFlush>
        <QueryView query={query} failed="The environments could not be loaded">
          {(standings) => (
            <StandingTable
              rows={standings.flatMap(rowsOf)}
              shownBaseId={baseId}
              onNotes={(against) => filters.set({ against: against === baseId ? '' : against })}
            />
          )}
        </QueryView>
      </Panel>
      {baseId === '' ? null : (
        <Panel title="Commits">
          <ReleaseNotes serviceName={artifact.serviceName} artifactId={artifact.id} baseId={baseId} />
        </Panel>
      )}
    </>
  );
}

function rowsOf({ environmentName, versions }: Standing): Row[] {
  if (versions.length === 0) return [{ environmentName, version: null }];
  return versions.map((version) => ({ environmentName, version }));
}

interface StandingTableProps {
  rows: readonly Row[];
  shownBaseId: string;
  onNotes: (baseId: string) => void;
}

function StandingTable({ rows, shownBaseId, onNotes }: StandingTableProps) {
  const { slug } = useTenant();
  return (
    <DataTable
      caption="In each environment"
      columns={[
        {
          key: 'environment',
          header: 'Environment',
          cell: ({ environmentName, version }: Row) =>
            version === null ? environmentName : `${environmentName}, ${version.regions.join(', ')}`,
        },
        {
          key: 'running',
          header: 'What runs there',
          cell: ({ version }: Row) =>
            version === null ? (
              <span className="text-muted">Nothing</span>
            ) : (
              <Link className="text-accent hover:underline" href={`/t/${slug}/artifacts/${version.artifactId}`}>
                {version.version}
              </Link>
            ),
        },
        {
          key: 'standing',
          header: 'This artifact',
          cell: ({ version }: Row) =>
            version === null ? <span className="text-muted">Would be the first</span> : <Status {...standingText(version)} />,
        },
        {
          key: 'notes',
          header: 'Commits',
          isHeaderHidden: true,
          align: 'right' as const,
          cell: ({ version }: Row) =>
            version === null || version.relation === 'same' || version.relation === 'unknown' ? null : (
              <Button size="s" aria-expanded={version.artifactId === shownBaseId} onClick={() => onNotes(version.artifactId)}>
                {version.artifactId === shownBaseId ? 'Hide the commits' : 'Show the commits'}
              </Button>
            ),
        },
      ]}
      rows={rows}
      rowKey={({ environmentName, version }) => `${environmentName} ${version?.artifactId ?? ''}`}
      emptyState={<EmptyState title="There is no environment">An admin creates the environments that it can be deployed to.</EmptyState>}
    />
  );
}
