'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { KeyValues, PageHeader, Panel } from '@flow/ui/panel';
import { Badge, Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { usePageTitle } from '../shell/page-title.ts';
import { stateLabel } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

type Answer = RouterOutputs['promotion']['whereIs'];
type Found = Answer['found'][number];
type Place = Found['places'][number];

/** Where a commit is now: in which environments and regions, and with what share of the traffic. */
export function CommitPage({ commit }: { commit: string }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.promotion.whereIs.queryOptions({ tenant, commit }));
  useLive([`tenant:${id}`]);
  usePageTitle(`Commit ${commit.slice(0, 8)}`);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={`Where is commit ${commit.slice(0, 12)} now?`}
        subtitle="In which environments and regions, and for how much of the traffic."
      />
      <QueryView query={query} failed="The commit could not be looked for">
        {(answer) =>
          answer.found.length === 0 ? (
            <Panel>
              <EmptyState title="No run has read such a commit">
                A commit is known once a run has begun on it or on one that comes after it. Look whether the hash is right and the push has
                started a run.
              </EmptyState>
            </Panel>
          ) : (
            answer.found.map((found) => (
              <FoundCommit key={`${found.service.id} ${found.sha}`} found={found} environments={answer.environments} />
            ))
          )
        }
      </QueryView>
    </div>
  );
}

function FoundCommit({ found, environments }: { found: Found; environments: Answer['environments'] }) {
  const { slug } = useTenant();
  const names = new Map(environments.map(({ id, name }) => [id, name]));
  return (
    <Panel title={found.service.name} isFlush>
      <div className="flex flex-col gap-4">
        <div className="px-4 pt-4">
          <KeyValues
            items={[
              { label: 'Commit', value: <code className="font-mono text-xs break-all">{found.sha}</code> },
              { label: 'Message', value: found.message === '' ? 'Not known' : found.message },
              { label: 'Author', value: found.author === '' ? 'Not known' : found.author },
              { label: 'Committed', value: <Time at={found.committedAt} /> },
              { label: 'Runs of it', value: <Runs runs={found.runs} /> },
            ]}
          />
        </div>
        <DataTable
          caption={`Where it is of ${found.service.name}`}
          columns={[
            {
              key: 'environment',
              header: 'Environment',
              cell: (place: Place) => `${names.get(place.environmentId) ?? ''}, ${place.region}`,
            },
            { key: 'state', header: 'Is it there?', cell: (place: Place) => <PlaceState place={place} /> },
            { key: 'weight', header: 'Traffic', align: 'right' as const, cell: (place: Place) => `${place.weightPercent} %` },
            { key: 'running', header: 'What runs there', cell: (place: Place) => <Running place={place} slug={slug} /> },
            { key: 'change', header: 'On its way', cell: (place: Place) => <Change place={place} slug={slug} /> },
          ]}
          rows={found.places}
          rowKey={(place) => `${place.environmentId} ${place.region}`}
          emptyState={
            <EmptyState title="There is no environment">A version is deployed to environments: an admin creates them.</EmptyState>
          }
        />
      </div>
    </Panel>
  );
}

function Runs({ runs }: { runs: Found['runs'] }) {
  const { slug } = useTenant();
  if (runs.length === 0) return 'None: it came with a later commit';
  return (
    <span className="flex flex-wrap gap-x-3">
      {runs.map((run) => (
        <Link key={run.id} className="text-accent hover:underline" href={`/t/${slug}/runs/${run.id}`}>
          {`#${run.number} ${stateLabel(run.state).toLowerCase()}`}
        </Link>
      ))}
    </span>
  );
}

const states = {
  here: { tone: 'success', label: 'Here' },
  arriving: { tone: 'running', label: 'Arriving' },
  leaving: { tone: 'warning', label: 'Being taken back' },
  waiting: { tone: 'waiting', label: 'Waits to be deployed' },
  notHere: { tone: 'neutral', label: 'Not here' },
} as const satisfies Record<Place['state'], { tone: Tone; label: string }>;

function PlaceState({ place }: { place: Place }) {
  return <Status {...states[place.state]} />;
}

function Running({ place: { running }, slug }: { place: Place; slug: string }) {
  if (running === null) return <span className="text-muted">Nothing</span>;
  return (
    <span>
      <Link className="text-accent font-medium hover:underline" href={`/t/${slug}/deployments/${running.deploymentId}`}>
        {running.version}
      </Link>{' '}
      <Time at={running.since} />
    </span>
  );
}

function Change({ place: { change }, slug }: { place: Place; slug: string }) {
  if (change === null) return <span className="text-muted">–</span>;
  return (
    <Link className="hover:underline" href={`/t/${slug}/deployments/${change.deploymentId}`}>
      <Badge tone="info">{change.version}</Badge>
    </Link>
  );
}
