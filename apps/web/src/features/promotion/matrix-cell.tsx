'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Badge, Status, toneGround } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { driftText } from '../drift/drift-texts.ts';
import { useTenant } from '../shell/tenant.tsx';

type Row = RouterOutputs['promotion']['matrix']['items'][number];
type Cell = Row['cells'][number];
type Pin = Row['pins'][number];

const healths = {
  healthy: { tone: 'success', label: 'Healthy' },
  progressing: { tone: 'running', label: 'Progressing' },
  paused: { tone: 'waiting', label: 'Canary waits' },
  degraded: { tone: 'danger', label: 'Degraded' },
  unknown: { tone: 'neutral', label: 'Health not known' },
} as const satisfies Record<Cell['health'], { tone: Tone; label: string }>;

interface MatrixCellProps {
  cell: Cell | undefined;
  pin: Pin | undefined;
  /** Fields that run otherwise than they were deployed. */
  driftCount: number;
  regionCount: number;
}

/** What a service is in one environment: versions with their age, what is not well, and what has not come here yet. */
export function MatrixCellView({ cell, pin, driftCount, regionCount }: MatrixCellProps) {
  if (cell === undefined) return <div className="text-muted">{regionCount > 0 ? 'Not deployed' : '–'}</div>;
  const isMixed = cell.versions.length > 1 || cell.missingRegions.length > 0;
  return (
    <div className="flex flex-col items-start gap-1">
      {cell.versions.map((one) => (
        <Version key={one.artifactId} version={one} isMixed={isMixed} />
      ))}
      {cell.missingRegions.length === 0 ? null : <span className="text-muted text-xs">{`Not in ${cell.missingRegions.join(', ')}`}</span>}
      <Health cell={cell} regionCount={regionCount} />
      {driftCount === 0 ? null : <Badge tone="warning">{driftText(driftCount)}</Badge>}
      {pin === undefined ? null : <Badge tone="info">{`Pinned by ${pin.placedByName}`}</Badge>}
      <NewerBelow newer={cell.newerBelow} />
    </div>
  );
}

function Version({ version, isMixed }: { version: Cell['versions'][number]; isMixed: boolean }) {
  const { slug } = useTenant();
  return (
    <span>
      <Link className="text-accent font-medium hover:underline" href={`/t/${slug}/deployments/${version.deploymentId}`}>
        {version.version}
      </Link>{' '}
      {isMixed ? <span className="text-xs">{`in ${version.regions.join(', ')} `}</span> : null}
      <Time at={version.since} /> {version.isQuarantined ? <Badge tone="danger">In quarantine</Badge> : null}
    </span>
  );
}

/** Nothing where all is well: the eye is for what is not. */
function Health({ cell, regionCount }: { cell: Cell; regionCount: number }) {
  if (cell.health === 'healthy') return null;
  const { tone, label } = healths[cell.health];
  const where = cell.unwellRegions.length < regionCount ? ` in ${cell.unwellRegions.join(', ')}` : '';
  return (
    <span className="text-xs">
      <Status tone={tone} label={`${label}${where}`} />
    </span>
  );
}

function NewerBelow({ newer }: { newer: Cell['newerBelow'] }) {
  const { slug } = useTenant();
  if (newer === null) return null;
  return (
    <Link
      className={`inline-flex items-center gap-1 rounded border px-1.5 py-0.5 text-xs font-medium hover:underline ${toneGround.warning}`}
      href={`/t/${slug}/artifacts/${newer.artifactId}`}
    >
      <ArrowUp size={12} aria-hidden />
      {`Newer in ${newer.environmentName}: ${newer.version}`}
    </Link>
  );
}
