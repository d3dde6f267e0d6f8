'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { Badge } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import Link from 'next/link';
import { useState } from 'react';
import type { UrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ReleaseNotes } from './release-notes.tsx';
import { SettingDifferences } from './setting-differences.tsx';

type Page = RouterOutputs['promotion']['compare'];
type Compared = Page['items'][number];
type Difference = NonNullable<Compared['difference']>;

interface ComparedServicesProps {
  page: Page;
  /** Names of the two environments. */
  left: string;
  right: string;
  filters: UrlFilters;
  showsSame: boolean;
}

/** The services that are not the same on both sides, each with what differs. */
export function ComparedServices({ page, left, right, filters, showsSame }: ComparedServicesProps) {
  const { slug } = useTenant();
  return (
    <div className="flex flex-col gap-3">
      <DataTable
        caption={`Differences between ${left} and ${right}`}
        columns={[
          { key: 'service', header: 'Service', cell: (one: Compared) => one.name },
          { key: 'left', header: left, cell: (one: Compared) => <Versions side={one.left} /> },
          { key: 'right', header: right, cell: (one: Compared) => <Versions side={one.right} /> },
          {
            key: 'difference',
            header: 'What differs',
            isWide: true,
            cell: (one: Compared) => (
              <div className="flex flex-col items-start gap-1.5">
                <Differences difference={one.difference} left={left} right={right} />
                <CommitsBetween compared={one} />
              </div>
            ),
          },
        ]}
        rows={page.items}
        rowKey={(one) => one.id}
        rowHref={(one) => `/t/${slug}/services/${one.slug}`}
        emptyState={<NothingDiffers {...{ page, left, right, showsSame }} isSearch={filters.get('q') !== ''} />}
      />
      <Pager
        hasNewer={filters.cursor !== undefined}
        hasOlder={page.nextCursor !== null}
        onNewer={filters.goNewer}
        onOlder={() => filters.goOlder(page.nextCursor ?? '')}
        words={{ newer: 'Previous', older: 'Next' }}
      />
    </div>
  );
}

type NothingProps = Pick<ComparedServicesProps, 'page' | 'left' | 'right' | 'showsSame'> & { isSearch: boolean };

function NothingDiffers({ page, left, right, showsSame, isSearch }: NothingProps) {
  if (page.nextCursor !== null) return <EmptyState title="Nothing differs so far">There are more services on the next page.</EmptyState>;
  if (isSearch) return <EmptyState title="No service matches">Nothing with this name differs, or none has it.</EmptyState>;
  if (showsSame) return <EmptyState title="Nothing runs in either of them">Deploy something, and it can be compared.</EmptyState>;
  return (
    <EmptyState title="They are the same">{`What runs in ${left} and in ${right} has the same versions and the same configuration.`}</EmptyState>
  );
}

function Versions({ side }: { side: Compared['left'] }) {
  const { slug } = useTenant();
  if (side.length === 0) return <span className="text-muted">Not there</span>;
  return (
    <ul>
      {side.map((one) => (
        <li key={one.artifactId}>
          <Link className="text-accent font-medium hover:underline" href={`/t/${slug}/artifacts/${one.artifactId}`}>
            {one.version}
          </Link>
          {side.length > 1 ? <span className="text-muted text-xs">{` in ${one.regions.join(', ')}`}</span> : null}
        </li>
      ))}
    </ul>
  );
}

interface DifferencesProps {
  difference: Compared['difference'];
  left: string;
  right: string;
}

function Differences({ difference, left, right }: DifferencesProps) {
  if (difference === null) return <span className="text-muted">Nothing</span>;
  const version = versionText(difference, left, right);
  const { chart, replicas, settings } = difference;
  return (
    <div className="flex flex-col items-start gap-1.5">
      <span className="flex flex-wrap gap-1.5">
        {version === null ? null : <Badge tone="warning">{version}</Badge>}
        {chart === null ? null : <Badge>{`Chart ${chart.left.join(', ')} against ${chart.right.join(', ')}`}</Badge>}
        {replicas === null ? null : <Badge>{`Pods: ${replicas.left} against ${replicas.right}`}</Badge>}
      </span>
      {settings.length === 0 ? null : <SettingDifferences settings={settings} left={left} right={right} />}
    </div>
  );
}

/** The commits between the newest versions of both sides, loaded when they are asked for. */
function CommitsBetween({ compared: { name, left, right, difference } }: { compared: Compared }) {
  const [isOpen, setIsOpen] = useState(false);
  const [artifact, base] = [left[0], right[0]];
  if (artifact === undefined || base === undefined || difference?.version == null) return null;
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer">Commits</summary>
      <div className="mt-1.5">
        {isOpen ? <ReleaseNotes serviceName={name} artifactId={artifact.artifactId} baseId={base.artifactId} /> : null}
      </div>
    </details>
  );
}

function versionText({ version }: Difference, left: string, right: string): string | null {
  switch (version) {
    case 'leftNewer':
      return `Newer in ${left}`;
    case 'rightNewer':
      return `Newer in ${right}`;
    case 'onlyLeft':
      return `Only in ${left}`;
    case 'onlyRight':
      return `Only in ${right}`;
    case 'mixed':
      return 'Regions differ';
    case null:
      return null;
  }
}
