'use client';

import { EmptyState, Skeleton } from '@flow/ui/feedback';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { Bot, Cog, User, Vote } from 'lucide-react';
import { useApi } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';

const pictures = { person: User, flow: Bot, engine: Cog, vote: Vote } as const;

/** The story of a deployment in sentences, newest first: who did what, and what Flow and the engines did. */
export function Timeline({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const tenant = useTenant();
  const events = useQuery(api.deployment.timeline.queryOptions({ tenant: tenant.slug, deploymentId }));
  if (events.data === undefined) return <Skeleton lines={4} />;
  if (events.data.length === 0) return <EmptyState title="Nothing has happened yet" />;
  return (
    <ol className="flex flex-col gap-2">
      {events.data.map((event) => {
        const Picture = pictures[event.kind];
        return (
          <li key={event.id} className="flex items-start gap-2">
            <Picture size={15} aria-hidden className="text-muted mt-0.5 shrink-0" />
            <span className="min-w-0 flex-1 whitespace-pre-wrap">
              <span className="font-medium">{event.actorName}</span>: {event.sentence}
              {event.region !== null && <span className="text-muted"> ({event.region})</span>}
            </span>
            <Time at={event.at} />
          </li>
        );
      })}
    </ol>
  );
}
