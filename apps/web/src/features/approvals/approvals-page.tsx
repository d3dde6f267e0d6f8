'use client';

import { EmptyState } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { Pager } from '@flow/ui/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { ApprovalItem } from './abilities.ts';
import { BulkBar } from './bulk-bar.tsx';
import { InboxFilters } from './inbox-filters.tsx';
import { useInboxKeys } from './inbox-keys.ts';
import { RequestList } from './request-list.tsx';
import { RequestView } from './request-view.tsx';
import { useVote } from './use-vote.ts';

const decided = ['approved', 'rejected', 'expired', 'superseded'] as const;

/** The inbox: requests on the left, what a yes means beside the buttons. Keys as in a mail program; filters and the request are in the address. */
export function ApprovalsPage() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const filters = useUrlFilters();
  const isDecided = filters.get('show') === 'decided';
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const [serviceId, environmentId] = [filters.get('service'), filters.get('environment')];
  const query = useQuery(
    api.approval.inbox.queryOptions(
      {
        tenant,
        ...place,
        ...(serviceId === '' ? {} : { serviceId }),
        ...(environmentId === '' ? {} : { environmentId }),
        ...(isDecided ? { states: [...decided] } : {}),
      },
      { placeholderData: keepPreviousData },
    ),
  );
  useLive(['tenant']);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Approvals" subtitle="Deployments that wait for people" />
      <InboxFilters filters={filters} />
      <QueryView query={query} failed="The approvals cannot be shown">
        {({ items, nextCursor }) => (
          <>
            <Inbox items={items} isDecided={isDecided} />
            <Pager
              hasNewer={filters.cursor !== undefined}
              hasOlder={nextCursor !== null}
              onNewer={filters.goNewer}
              onOlder={() => filters.goOlder(nextCursor ?? '')}
            />
          </>
        )}
      </QueryView>
    </div>
  );
}

function Inbox({ items, isDecided }: { items: readonly ApprovalItem[]; isDecided: boolean }) {
  const router = useRouter();
  const params = useSearchParams();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isRejecting, setRejecting] = useState(false);
  const vote = useVote();
  // A link may name a request that is not on this page of the list.
  const wanted = params.get('id') ?? '';
  const selected = items.find((item) => item.id === wanted) ?? (wanted === '' ? items[0] : undefined);
  const selectedId = selected?.id ?? wanted;
  const show = (change: Readonly<Record<string, string>>): void => {
    const next = new URLSearchParams(params.toString());
    for (const [name, value] of Object.entries(change)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    router.replace(`?${next.toString()}`, { scroll: false });
  };
  const onSelect = (item: ApprovalItem): void => show({ id: item.id, link: '' });
  const onToggle = ({ id }: ApprovalItem): void =>
    setChosen((known) => new Set(known.has(id) ? [...known].filter((one) => one !== id) : [...known, id]));
  const onApprove = (item: ApprovalItem): void => (vote.isPending ? undefined : vote.give(item, 'approve', ''));
  useInboxKeys({ items, selected, onSelect, onToggle, onApprove, onReject: () => setRejecting(true) });
  if (selectedId === '') return <NothingWaits isDecided={isDecided} />;
  return (
    <>
      <BulkBar items={items.filter((item) => chosen.has(item.id))} onClear={() => setChosen(new Set())} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <RequestList {...{ items, selectedId, onSelect, chosen, onToggle }} />
        <RequestView
          key={selectedId}
          approvalId={selectedId}
          rejectRequest={{ isOpen: isRejecting, onOpenChange: setRejecting }}
          link={params.get('link') ?? ''}
          onLinkDone={() => show({ link: '' })}
        />
      </div>
    </>
  );
}

function NothingWaits({ isDecided }: { isDecided: boolean }) {
  return (
    <Panel isFlush>
      {isDecided ? (
        <EmptyState title="Nothing was decided yet">
          Requests that were approved, rejected or ran out stay here, with who said what.
        </EmptyState>
      ) : (
        <EmptyState title="Nothing waits for approval">
          Deployments to an environment that needs approvals, or for which a policy asks somebody, wait here until enough people other than
          their requester say yes.
        </EmptyState>
      )}
    </Panel>
  );
}
