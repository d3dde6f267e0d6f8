'use client';

import { EmptyState, Notice } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { BehindNumber } from './behind-number.tsx';
import { Breakdown } from './breakdown.tsx';
import { InsightFilters } from './insight-filters.tsx';
import { askedBy, behindText, readBehind } from './insight-in-url.ts';
import type { Behind, Insight } from './insight-in-url.ts';
import { KeyCards } from './key-cards.tsx';
import { CausePanel, StepPanel, WaitPanel } from './way-panels.tsx';

/** How often changes reach people, how fast and how well, and what they wait for on the way: each number with the deployments behind it. All of it is in the URL. */
export function InsightsPage() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const filters = useUrlFilters();
  const asked = askedBy(filters.get);
  const query = useQuery(api.insight.get.queryOptions({ tenant, ...asked }, { placeholderData: keepPreviousData }));
  const behind = readBehind(filters.get('behind'));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Insights" subtitle="How often changes are delivered, how fast and how well, and what they wait for on the way." />
      <InsightFilters filters={filters} />
      <QueryView query={query} failed="The figures could not be loaded">
        {(insight) => <Told insight={insight} show={(wanted) => filters.set({ behind: behindText(wanted) })} />}
      </QueryView>
      {behind === null ? null : (
        <BehindNumber key={behindText(behind)} behind={behind} asked={asked} onClose={() => filters.set({ behind: '' })} />
      )}
    </div>
  );
}

function Told({ insight, show }: { insight: Insight; show: (behind: Behind) => void }) {
  if (insight.endedCount === 0)
    return (
      <EmptyState title="Nothing has ended here in this time">
        Once something was deployed, this page tells how often changes are delivered, how long they take from the commit on, how many fail
        and how soon that is mended, what canaries and approvals take, and what holds them.
      </EmptyState>
    );
  return (
    <>
      {insight.isShortened ? (
        <Notice tone="info">There is more than can be looked at here at once: the figures are of the newest part of this time.</Notice>
      ) : null}
      <KeyCards insight={insight} show={show} />
      <Breakdown
        title="By service"
        header="Service"
        rows={insight.services.map((row) => ({ ...row, name: insight.serviceNames[row.of] ?? row.of, part: { serviceId: row.of } }))}
        period={insight.period}
        show={show}
      />
      <Breakdown
        title="By region"
        header="Region"
        rows={insight.regions.map((row) => ({ ...row, name: row.of, part: { region: row.of } }))}
        period={insight.period}
        show={show}
      />
      <div className="grid gap-5 xl:grid-cols-2">
        <CausePanel causes={insight.causes} show={show} />
        <StepPanel steps={insight.steps} show={show} />
      </div>
      <WaitPanel insight={insight} show={show} />
      <p className="text-muted text-xs">
        A deployment belongs to the time in which it has ended; days are those of UTC. Of a region is told what happened in it, so that a
        deployment to several regions is told in each of them. Medians of an even number are the lower one of the two in the middle.
      </p>
    </>
  );
}
