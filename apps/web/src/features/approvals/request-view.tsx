'use client';

import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { DiffPanel } from '../deployments/detail/diff-panel.tsx';
import { QueryView } from '../query/query-view.tsx';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { titleOf } from './abilities.ts';
import { LinkAnswer } from './link-answer.tsx';
import { RiskSummary } from './risk-summary.tsx';
import { VoteButtons } from './vote-buttons.tsx';
import { Votes } from './votes.tsx';
import { WhatNext } from './what-next.tsx';

interface RequestViewProps {
  approvalId: string;
  rejectRequest: { isOpen: boolean; onOpenChange: (open: boolean) => void };
  /** The text of a link in a message; empty for none. */
  link: string;
  onLinkDone: () => void;
}

/** One request beside the list: what a yes means, who is asked, the buttons, what comes next, and the difference. */
export function RequestView({ approvalId, rejectRequest, link, onLinkDone }: RequestViewProps) {
  const api = useApi();
  const tenant = useTenant();
  const query = useQuery(api.approval.get.queryOptions({ tenant: tenant.slug, approvalId }));
  return (
    <QueryView query={query} failed="The request cannot be shown">
      {(item) => {
        const state = item.state === 'pending' ? 'awaitingApproval' : item.state;
        return (
          <Panel title={titleOf(item)} actions={<Status tone={stateTone(state)} label={stateLabel(state)} />}>
            <p className="mb-3">
              <span className="font-medium">{item.commitMessage}</span>
              <span className="text-muted">
                , asked by {item.requestedByName ?? 'Flow'} <Time at={item.createdAt} />.
              </span>{' '}
              <Link className="text-accent underline" href={`/t/${tenant.slug}/deployments/${item.deploymentId}`}>
                Open the deployment
              </Link>
            </p>
            {link === '' ? null : (
              <div className="mb-4">
                <LinkAnswer link={link} title={titleOf(item)} onDone={onLinkDone} />
              </div>
            )}
            <RiskSummary approvalId={approvalId} />
            <div className="my-4 rounded-md border border-line p-3">
              <Votes item={item} canHelp={item.canHelp} />
              {item.state === 'pending' ? <VoteButtons item={item} rejectRequest={rejectRequest} /> : null}
            </div>
            <h3 className="mb-2 font-semibold">What happens next</h3>
            {/* As high as what is being loaded: what is below must not move under a finger. */}
            <div className="mb-4 sm:min-h-27">
              <WhatNext item={item} />
            </div>
            <h3 className="mb-2 font-semibold">What would change</h3>
            <DiffPanel deploymentId={item.deploymentId} />
          </Panel>
        );
      }}
    </QueryView>
  );
}
