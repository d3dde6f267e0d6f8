'use client';

import { EmptyState, Notice } from '@flow/ui/feedback';
import { SelectField } from '@flow/ui/field';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { Badge } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { formatDuration } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useUrlFilters } from '../../query/url-filters.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage } from '../policy/governance-page.tsx';
import { BehindNumber } from './behind-number.tsx';
import { accountNames, behindText, daysOf, pathOf, periods, readBehind, waitedText } from './ledger-texts.ts';
import type { LedgerEntry, LedgerNumber } from './ledger-texts.ts';

/** What governance costs and saves: for each policy and group of approvers the waiting, the saving, the bypasses, with the deployments behind each number. */
export function LedgerPage() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const filters = useUrlFilters();
  const days = daysOf(filters.get('days'));
  const query = useQuery(api.ledger.get.queryOptions({ tenant, days }, { placeholderData: keepPreviousData }));
  return (
    <GovernancePage
      section="ledger"
      title="Ledger"
      subtitle="What each policy and each group of approvers has cost in waiting, and what it has saved."
      actions={
        <SelectField
          label="Time"
          options={periods}
          value={String(days)}
          onChange={(event) => filters.set({ days: event.target.value === periods[0].value ? '' : event.target.value, behind: '' })}
        />
      }
    >
      <QueryView query={query} failed="The ledger could not be loaded">
        {({ entries, isWhole }) => {
          const behind = readBehind(entries, filters.get('behind'));
          return (
            <>
              {isWhole ? null : (
                <Notice tone="info">There is more than can be looked at here: the numbers are of the newest part of this time.</Notice>
              )}
              <Suggestions entries={entries} />
              <Panel title="Accounts" isFlush>
                <DataTable
                  caption="Accounts"
                  columns={columnsOf(tenant, (entry, number) => filters.set({ behind: behindText(entry, number) }))}
                  rows={entries}
                  rowKey={({ account, id }) => `${account} ${id}`}
                  emptyState={
                    <EmptyState title="Nothing to account for yet">
                      Each policy that holds, refuses or asks for approval, also in shadow, has its account here.
                    </EmptyState>
                  }
                />
              </Panel>
              <p className="text-muted text-xs">
                Waiting counts for everyone that held a request at the time. Saved is what was refused or rejected and did not begin in the
                same place as it was; in shadow it is what would have been stopped and proved bad.
              </p>
              {behind === null ? null : <BehindNumber {...behind} days={days} onClose={() => filters.set({ behind: '' })} />}
            </>
          );
        }}
      </QueryView>
    </GovernancePage>
  );
}

/** What could be loosened or tightened, each with the way to where it is tried on the past and changed. */
function Suggestions({ entries }: { entries: readonly LedgerEntry[] }) {
  const { slug } = useTenant();
  const all = entries.flatMap((entry) => entry.suggestions.map((suggestion) => ({ entry, ...suggestion })));
  if (all.length === 0) return null;
  return (
    <Panel title="Worth a thought">
      <ul className="flex flex-col gap-3">
        {all.map(({ entry, kind, sentence }) => {
          const path = pathOf(slug, entry);
          return (
            <li key={`${entry.account} ${entry.id} ${sentence}`} className="flex flex-col gap-0.5">
              <span className="flex flex-wrap items-baseline gap-2">
                <Badge tone={kind === 'tighten' ? 'info' : 'neutral'}>{kind === 'tighten' ? 'Tighten' : 'Loosen'}</Badge>
                <span className="font-medium">{entry.title}</span>
              </span>
              <span>{sentence}.</span>
              {path === null ? null : (
                <Link className="text-accent hover:underline" href={path}>
                  {entry.account === 'rule' ? 'Try another wording on the past' : 'Look at it'}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function columnsOf(tenant: string, show: (entry: LedgerEntry, number: LedgerNumber) => void) {
  const number = (entry: LedgerEntry, of: LedgerNumber, text: string) => (
    <button type="button" className="text-accent text-left hover:underline" onClick={() => show(entry, of)}>
      {text}
    </button>
  );
  const none = <span className="text-muted">–</span>;
  return [
    { key: 'of', header: 'Of', isWide: true, cell: (entry: LedgerEntry) => <Of entry={entry} tenant={tenant} /> },
    {
      key: 'stopped',
      header: 'Stood against',
      cell: ({ stoppedCount, shadowCount }: LedgerEntry) =>
        shadowCount === 0 ? stoppedCount : `${stoppedCount}, ${shadowCount} more in shadow`,
    },
    {
      key: 'waited',
      header: 'Waiting',
      cell: (entry: LedgerEntry) => (entry.waitedMs === 0 ? none : number(entry, 'waited', waitedText(entry))),
    },
    {
      key: 'saved',
      header: 'Saved',
      cell: (entry: LedgerEntry) => (entry.savedCount === 0 ? none : number(entry, 'saved', String(entry.savedCount))),
    },
    {
      key: 'bypassed',
      header: 'Bypassed',
      cell: (entry: LedgerEntry) =>
        entry.bypassedCount === 0
          ? none
          : number(entry, 'bypassed', `${entry.bypassedCount} (${Math.round((entry.bypassRate ?? 0) * 100)}%)`),
    },
    {
      key: 'decided',
      header: 'Median to decide',
      cell: (entry: LedgerEntry) =>
        entry.medianDecisionMs === null
          ? none
          : number(entry, 'decided', `${formatDuration(entry.medianDecisionMs)} of ${entry.decidedCount}`),
    },
  ];
}

function Of({ entry, tenant }: { entry: LedgerEntry; tenant: string }) {
  const path = pathOf(tenant, entry);
  return (
    <span className="flex flex-col">
      {path === null ? (
        <span className="font-medium">{entry.title}</span>
      ) : (
        <Link className="text-accent font-medium hover:underline" href={path}>
          {entry.title}
        </Link>
      )}
      <span className="text-muted text-xs">{accountNames[entry.account]}</span>
    </span>
  );
}
