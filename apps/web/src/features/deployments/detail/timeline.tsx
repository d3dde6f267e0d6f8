'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { toneText } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { Bot, Cog, User, Vote } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { stateTone } from '../../shell/states.ts';
import { useTenant } from '../../shell/tenant.tsx';

/** So many are shown at first. */
const newestCount = 30;

type Event = RouterOutputs['deployment']['timeline'][number];

const pictures = { person: User, flow: Bot, engine: Cog, vote: Vote } as const;

/** The story of a deployment in sentences, newest first: who did what, and what Flow and the engines did. */
export function Timeline({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const tenant = useTenant();
  const query = useQuery(api.deployment.timeline.queryOptions({ tenant: tenant.slug, deploymentId }));
  return (
    <QueryView query={query} failed="The story of this deployment cannot be shown">
      {(events) =>
        events.length === 0 ? (
          <EmptyState title="Nothing has happened yet">What people, Flow and the engines do is told here as it happens.</EmptyState>
        ) : (
          <Story events={events} />
        )
      }
    </QueryView>
  );
}

/** Of a long story the newest part, and the rest when it is asked for: many regions tell much. */
function Story({ events }: { events: readonly Event[] }) {
  const [isWhole, showWhole] = useState(false);
  const shown = isWhole ? events : events.slice(0, newestCount);
  return (
    <>
      <ol className="flex flex-col">
        {shown.map((event, index) => (
          <Told key={event.id} event={event} isLast={index === shown.length - 1} />
        ))}
      </ol>
      {shown.length < events.length && (
        <Button size="s" onClick={() => showWhole(true)}>
          {`Show all ${events.length}`}
        </Button>
      )}
    </>
  );
}

function Told({ event, isLast }: { event: Event; isLast: boolean }) {
  const Picture = pictures[event.kind];
  const isPerson = event.kind === 'person' || event.kind === 'vote';
  return (
    <li className="flex gap-3">
      <span className="flex flex-col items-center">
        <span
          className={`grid size-6 shrink-0 place-items-center rounded-full border border-line ${isPerson ? 'bg-raised text-text' : 'text-muted'}`}
        >
          <Picture size={13} aria-hidden />
        </span>
        {!isLast && <span aria-hidden className="bg-line w-px flex-1" />}
      </span>
      <div className="min-w-0 flex-1 pb-4">
        <p className={`pt-0.5 break-words whitespace-pre-wrap ${event.state === null ? '' : toneText[stateTone(event.state)]}`}>
          {event.sentence}
        </p>
        <p className="text-muted mt-0.5 flex flex-wrap gap-x-2 text-xs">
          <span className={isPerson ? 'text-text font-medium' : ''}>{event.actorName}</span>
          {event.region !== null && <span>in {event.region}</span>}
          <Time at={event.at} />
        </p>
      </div>
    </li>
  );
}
