'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import type { ReactNode } from 'react';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { purposesText } from './purposes.tsx';

type Cluster = RouterOutputs['cluster']['list'][number];

const columns = [
  { key: 'name', header: 'Cluster', cell: (cluster: Cluster) => cluster.name },
  { key: 'region', header: 'Region', cell: (cluster: Cluster) => cluster.region },
  { key: 'purposes', header: 'For', cell: (cluster: Cluster) => purposesText(cluster.purposes) },
  {
    key: 'health',
    header: 'Health',
    cell: (cluster: Cluster) => <Status tone={stateTone(cluster.health)} label={stateLabel(cluster.health)} />,
  },
  {
    key: 'since',
    header: 'Since',
    cell: (cluster: Cluster) => (cluster.healthSince === null ? '–' : <Time at={cluster.healthSince} />),
  },
  { key: 'version', header: 'Version', cell: (cluster: Cluster) => cluster.capabilities.version ?? 'Not known yet' },
  { key: 'found', header: 'Found', isWide: true, cell: (cluster: Cluster) => <Found cluster={cluster} /> },
];

/** Clusters with their health and what they have for Flow; each leads to its page. */
export function ClusterTable({ caption, clusters, emptyState }: { caption: string; clusters: readonly Cluster[]; emptyState: ReactNode }) {
  const { slug } = useTenant();
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={clusters}
      rowKey={(cluster) => cluster.id}
      rowHref={(cluster) => `/t/${slug}/admin/clusters/${cluster.id}`}
      emptyState={emptyState}
    />
  );
}

function Found({ cluster }: { cluster: Cluster }) {
  return (
    <>
      {enginesOf(cluster)}
      {cluster.healthReason === null ? null : <p className="text-muted text-xs break-words">{cluster.healthReason}</p>}
    </>
  );
}

function enginesOf({ capabilities }: Cluster): string {
  const engines = [
    ...(capabilities.workflows === true ? ['Argo Workflows'] : []),
    ...(capabilities.rollouts === true ? ['Argo Rollouts'] : []),
    ...(capabilities.virtualMachines === true ? ['KubeVirt'] : []),
    ...(capabilities.metrics === true ? ['metrics'] : []),
  ];
  return engines.length === 0 ? 'None found yet' : engines.join(', ');
}
