'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import type { ReactNode } from 'react';
import { stateLabel, stateTone } from '../shell/states.ts';
import { TestCluster } from './test-cluster.tsx';

type Cluster = RouterOutputs['cluster']['list'][number];

const columns = [
  { key: 'name', header: 'Cluster', cell: (cluster: Cluster) => cluster.name },
  { key: 'region', header: 'Region', cell: (cluster: Cluster) => cluster.region },
  { key: 'health', header: 'Health', cell: (cluster: Cluster) => <Health cluster={cluster} /> },
  { key: 'version', header: 'Version', cell: (cluster: Cluster) => cluster.capabilities.version ?? 'Not known yet' },
  { key: 'engines', header: 'Engines', cell: (cluster: Cluster) => enginesOf(cluster) },
  { key: 'missing', header: 'Missing', isWide: true, cell: (cluster: Cluster) => missingOf(cluster) },
  {
    key: 'checked',
    header: 'Checked',
    cell: (cluster: Cluster) => (cluster.checkedAt === null ? 'Never' : <Time at={cluster.checkedAt} />),
  },
];
const testColumn = {
  key: 'test',
  header: 'Test',
  isHeaderHidden: true,
  align: 'right' as const,
  cell: (cluster: Cluster) => <TestCluster clusterId={cluster.id} name={cluster.name} />,
};

interface ClusterTableProps {
  caption: string;
  clusters: readonly Cluster[];
  mayTest?: boolean;
  emptyState: ReactNode;
}

/** Clusters with their health and what they lack for Flow. */
export function ClusterTable({ caption, clusters, mayTest = false, emptyState }: ClusterTableProps) {
  return (
    <DataTable
      caption={caption}
      columns={mayTest ? [...columns, testColumn] : columns}
      rows={clusters}
      rowKey={(cluster) => cluster.id}
      emptyState={emptyState}
    />
  );
}

function Health({ cluster }: { cluster: Cluster }) {
  return (
    <>
      <Status tone={stateTone(cluster.health)} label={stateLabel(cluster.health)} />
      {cluster.healthReason === null ? null : <p className="text-muted max-w-80 text-xs whitespace-normal">{cluster.healthReason}</p>}
    </>
  );
}

function enginesOf({ capabilities }: Cluster): string {
  const engines = [
    ...(capabilities.workflows === true ? ['Argo Workflows'] : []),
    ...(capabilities.rollouts === true ? ['Argo Rollouts'] : []),
    ...(capabilities.virtualMachines === true ? ['KubeVirt'] : []),
  ];
  return engines.length === 0 ? 'None found yet' : engines.join(', ');
}

function missingOf({ capabilities }: Cluster): string {
  if (capabilities.missing === undefined) return 'Not known yet';
  return capabilities.missing.length === 0 ? 'Nothing' : capabilities.missing.join(', ');
}
