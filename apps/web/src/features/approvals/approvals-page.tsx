'use client';

import { EmptyState, ErrorState, Skeleton } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useLive } from '../../api-client/live.tsx';
import { DiffPanel } from '../deployments/detail/diff-panel.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { VoteButtons } from './vote-buttons.tsx';
import { Votes } from './votes.tsx';
import type { ApprovalItem } from './votes.tsx';
import { WhatNext } from './what-next.tsx';

/** The inbox: requests on the left, what would change beside the buttons. `j` and `k` move, `y` approves, `n` rejects. */
export function ApprovalsPage() {
  const api = useApi();
  const tenant = useTenant();
  const router = useRouter();
  const wanted = useSearchParams().get('id');
  const inbox = useQuery(api.approval.inbox.queryOptions({ tenant: tenant.slug }));
  useLive(['tenant']);
  const items = inbox.data?.items ?? [];
  const selected = items.find((item) => item.id === wanted) ?? items[0];
  const select = (item: ApprovalItem | undefined): void => {
    if (item !== undefined) router.replace(`?id=${item.id}`, { scroll: false });
  };
  const [isRejecting, setRejecting] = useState(false);
  useInboxKeys({ items, selected, select, onReject: () => setRejecting(true) });
  if (inbox.error !== null && inbox.data === undefined)
    return <ErrorState title="The approvals cannot be shown" message={faultOf(inbox.error).message} onRetry={() => void inbox.refetch()} />;
  if (inbox.data === undefined) return <Skeleton lines={8} />;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Approvals" subtitle="Deployments that wait for people" />
      {selected === undefined ? (
        <Panel isFlush>
          <EmptyState title="Nothing waits for approval">
            Deployments to an environment that needs approvals wait here until enough people other than their requester say yes. Nothing to
            set up: the environment says how many.
          </EmptyState>
        </Panel>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
          <ul aria-label="Requests" className="divide-y divide-line self-start rounded-md border border-line bg-surface">
            {items.map((item) => (
              <li key={item.id}>
                <button
                  type="button"
                  aria-pressed={item.id === selected.id}
                  onClick={() => select(item)}
                  className={`flex w-full flex-col gap-0.5 p-3 text-left ${item.id === selected.id ? 'bg-raised' : 'hover:bg-raised'}`}
                >
                  <span className="font-medium">
                    {item.serviceName} {item.version} to {item.environmentName}
                  </span>
                  <span className="text-muted flex justify-between gap-2">
                    <span className="truncate">{item.commitMessage}</span>
                    <Time at={item.createdAt} />
                  </span>
                  {!item.canVote && <span className="text-muted text-xs">{item.whyNot}</span>}
                </button>
              </li>
            ))}
          </ul>
          <Request key={selected.id} item={selected} rejectRequest={{ isOpen: isRejecting, onOpenChange: setRejecting }} />
        </div>
      )}
    </div>
  );
}

function Request({
  item,
  rejectRequest,
}: {
  item: ApprovalItem;
  rejectRequest: { isOpen: boolean; onOpenChange: (open: boolean) => void };
}) {
  const tenant = useTenant();
  return (
    <Panel
      title={`${item.serviceName} ${item.version} to ${item.environmentName}`}
      actions={<Status tone="waiting" label="Waiting for approval" />}
    >
      <p className="mb-3">
        <span className="font-medium">{item.commitMessage}</span>
        <span className="text-muted">
          , asked by {item.requestedByName ?? 'Flow'} <Time at={item.createdAt} />.
        </span>{' '}
        <Link className="text-accent underline" href={`/t/${tenant.slug}/deployments/${item.deploymentId}`}>
          Open the deployment
        </Link>
      </p>
      {/* As high as what is being loaded: the buttons below must not move under a finger. */}
      <div className="sm:min-h-27">
        <WhatNext item={item} />
      </div>
      <div className="my-4 rounded-md border border-line p-3">
        <Votes item={item} />
        <VoteButtons item={item} rejectRequest={rejectRequest} />
      </div>
      <h3 className="mb-2 font-semibold">What would change</h3>
      <DiffPanel deploymentId={item.deploymentId} />
    </Panel>
  );
}

interface InboxKeys {
  items: readonly ApprovalItem[];
  selected: ApprovalItem | undefined;
  select: (item: ApprovalItem | undefined) => void;
  onReject: () => void;
}

function useInboxKeys({ items, selected, select, onReject }: InboxKeys): void {
  const api = useApi();
  const tenant = useTenant();
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation(
    api.approval.vote.mutationOptions({
      onSuccess(answer) {
        toast.success(answer.state === 'approved' ? 'Approved: it starts now' : 'Your vote counts');
        void queryClient.invalidateQueries();
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (selected === undefined || isPending || isMeantForElse(event)) return;
      const at = items.indexOf(selected);
      if (event.key === 'j') select(items[at + 1]);
      if (event.key === 'k') select(items[at - 1]);
      if (event.key === 'y' && selected.canVote)
        mutate({ tenant: tenant.slug, approvalId: selected.id, answer: 'approve', comment: '', shownHash: selected.subjectHash });
      if (event.key === 'n' && selected.canVote) {
        event.preventDefault();
        onReject();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [items, selected, select, onReject, mutate, isPending, tenant.slug]);
}

/** Something is being typed, a question is open, or it is a shortcut of the browser. */
function isMeantForElse(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return true;
  return (
    event.target instanceof HTMLElement &&
    (['INPUT', 'TEXTAREA', 'SELECT'].includes(event.target.tagName) || event.target.closest('[role=dialog]') !== null)
  );
}
