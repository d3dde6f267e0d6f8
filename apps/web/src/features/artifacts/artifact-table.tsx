'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useTenant } from '../shell/tenant.tsx';
import { DeployArtifact } from './deploy-artifact.tsx';

type ArtifactRow = RouterOutputs['artifact']['list']['items'][number];

/** Artifacts, newest first, each with its deployment a button away. */
export function ArtifactTable({ artifacts, emptyState }: { artifacts: readonly ArtifactRow[]; emptyState: ReactNode }) {
  const { slug } = useTenant();
  const columns = [
    {
      key: 'artifact',
      header: 'Artifact',
      cell: (artifact: ArtifactRow) => (
        <Link data-row className="font-medium hover:underline" href={`/t/${slug}/artifacts/${artifact.id}`}>
          {artifact.serviceName} {artifact.version}
        </Link>
      ),
    },
    {
      key: 'digest',
      header: 'Digest',
      cell: (artifact: ArtifactRow) => (
        <code className="text-muted font-mono text-xs" title={artifact.digest}>
          {artifact.digest.slice(0, 19)}
        </code>
      ),
    },
    {
      key: 'commit',
      header: 'Commit',
      isWide: true,
      cell: (artifact: ArtifactRow) => (
        <span>
          <code className="text-muted mr-2 font-mono text-xs">{artifact.commitSha.slice(0, 8)}</code>
          {artifact.commitMessage}
        </span>
      ),
    },
    {
      key: 'run',
      header: 'Run',
      cell: (artifact: ArtifactRow) =>
        artifact.runId === null ? (
          'From outside'
        ) : (
          <Link className="underline" href={`/t/${slug}/runs/${artifact.runId}`}>
            #{artifact.runNumber}
          </Link>
        ),
    },
    { key: 'created', header: 'Created', cell: (artifact: ArtifactRow) => <Time at={artifact.createdAt} /> },
    {
      key: 'deploy',
      header: 'Deploy',
      isHeaderHidden: true,
      align: 'right' as const,
      cell: (artifact: ArtifactRow) => <DeployArtifact artifact={artifact} />,
    },
  ];
  return <DataTable caption="Artifacts" columns={columns} rows={artifacts} rowKey={(artifact) => artifact.id} emptyState={emptyState} />;
}
