'use client';

import { Badge, Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { useRights } from '../query/use-rights.ts';
import { AdoptDifference, Reapply } from './drift-actions.tsx';
import type { DriftPlace } from './drift-panel.tsx';
import { driftText, placesText } from './drift-texts.ts';

type Difference = DriftPlace['differences'][number];

interface DriftedPlaceProps {
  service: { id: string; name: string };
  place: DriftPlace;
}

/** What differs in one region, field by field, with who changed it as far as the cluster says. */
export function DriftedPlace({ service, place }: DriftedPlaceProps) {
  const { can } = useRights();
  const where = placesText([place]);
  const openCount = place.differences.filter((one) => one.adoption === null).length;
  return (
    <section aria-label={`Drift in ${where}`} className="flex flex-col gap-2">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-medium">{where}</h3>
        {openCount === 0 ? <Status tone="info" label="Adopted" /> : <Status tone="warning" label={driftText(openCount)} />}
        <span className="text-muted text-xs">
          {`${place.version}, compared `}
          <Time at={place.comparedAt} />
        </span>
        {can('deployment:ask') && openCount > 0 ? (
          <span className="ml-auto">
            <Reapply service={service} place={place} openCount={openCount} />
          </span>
        ) : null}
      </header>
      <ReapplyState reapply={place.reapply} />
      <DataTable
        caption={`What differs in ${where}`}
        rows={place.differences}
        rowKey={(row) => row.id}
        columns={[
          { key: 'field', header: 'Field', isWide: true, cell: (row) => <Field difference={row} /> },
          {
            key: 'wanted',
            header: 'As deployed',
            cell: (row) => <Value text={row.wanted} ofNothing={row.path === '' ? 'there' : 'not there'} />,
          },
          { key: 'found', header: 'As it runs', cell: (row) => <Value text={row.found} ofNothing="not there" /> },
          { key: 'by', header: 'Changed by', cell: (row) => <ChangedBy difference={row} /> },
          {
            key: 'actions',
            header: 'Actions',
            isHeaderHidden: true,
            align: 'right',
            cell: (row) => (can('deployment:ask') ? <AdoptDifference difference={row} where={where} /> : null),
          },
        ]}
      />
    </section>
  );
}

function ReapplyState({ reapply }: { reapply: DriftPlace['reapply'] }) {
  if (reapply === null || reapply.state === 'done') return null;
  const isFailed = reapply.state === 'failed';
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-xs">
      <Status tone={isFailed ? 'danger' : 'running'} label={isFailed ? 'Could not be applied again' : 'Being applied again'} />
      <span className="min-w-0 break-words">{isFailed ? reapply.result : `asked for by ${reapply.byName}`}</span> <Time at={reapply.at} />
    </p>
  );
}

function Field({ difference }: { difference: Difference }) {
  const { object, path, adoption } = difference;
  return (
    <div className="flex flex-col gap-0.5">
      <span className="font-medium">{object}</span>
      <code className="text-xs break-all">{path === '' ? 'The whole object' : path}</code>
      {adoption === null ? null : (
        <span className="text-xs">
          <Badge tone="info">Adopted</Badge> {`${adoption.byName}: ${adoption.reason} `}
          <Time at={adoption.at} />
        </span>
      )}
    </div>
  );
}

/** A short value as it is; a long one on lines of its own. */
function Value({ text, ofNothing }: { text: string | null; ofNothing: string }) {
  if (text === null) return <span className="text-muted">{ofNothing}</span>;
  return <pre className="max-h-48 max-w-64 overflow-auto font-mono text-xs break-all whitespace-pre-wrap">{text === '' ? '""' : text}</pre>;
}

function ChangedBy({ difference: { changedBy, changedAt } }: { difference: Difference }) {
  if (changedBy === '') return <span className="text-muted">The cluster does not say</span>;
  return (
    <span>
      {changedBy} {changedAt === null ? null : <Time at={changedAt} />}
    </span>
  );
}
