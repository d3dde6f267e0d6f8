'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { Badge, Status } from '@flow/ui/status';
import { TimeLeft } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';

type Promotion = RouterOutputs['promotion']['next'][number];
type Waiting = Extract<Promotion['next'], { kind: 'waits' }>;

/** What the promotion rules do next with a service, and what each waits for. Nothing is shown where there are none. */
export function NextPromotions({ serviceId }: { serviceId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.promotion.next.queryOptions({ tenant, serviceId }));
  if (query.isPending || query.data?.length === 0) return null;
  return (
    <Panel title="Next promotions" isFlush>
      <QueryView query={query} failed="The next promotions could not be loaded">
        {(promotions) => (
          <ul className="divide-line divide-y">
            {promotions.map((promotion) => (
              <NextPromotion key={promotion.ruleId} promotion={promotion} />
            ))}
          </ul>
        )}
      </QueryView>
    </Panel>
  );
}

function NextPromotion({ promotion }: { promotion: Promotion }) {
  const { slug } = useTenant();
  const { ruleId, title, enforcement, fromName, toName, next } = promotion;
  return (
    <li className="flex flex-wrap items-baseline gap-x-6 gap-y-1 px-4 py-3">
      <span className="flex w-full flex-col sm:w-80">
        <span className="font-medium">
          {fromName} to {toName}
        </span>
        <span className="flex flex-wrap items-center gap-2 text-xs">
          <Link className="text-accent flex min-h-6 items-center hover:underline" href={`/t/${slug}/governance/promotions/${ruleId}`}>
            {title}
          </Link>
          {enforcement === 'shadow' ? <Badge tone="info">Shadow: promotes nothing</Badge> : null}
        </span>
      </span>
      <span className="min-w-0 flex-1">
        {next.kind === 'nothing' ? <span className="text-muted">{next.sentence}</span> : null}
        {next.kind === 'promotes' ? <Status tone="running" label={`${next.version} is promoted`} /> : null}
        {next.kind === 'waits' ? <Reasons next={next} /> : null}
      </span>
    </li>
  );
}

function Reasons({ next: { version, reasons } }: { next: Waiting }) {
  return (
    <>
      <Status tone="waiting" label={`${version} waits`} />
      <ul className="mt-1 flex flex-col gap-1">
        {reasons.map(({ kind, sentence, until }) => (
          <li key={`${kind} ${sentence}`}>
            {sentence}
            {until === null ? null : (
              <span className="text-muted">
                {', '}
                <TimeLeft until={until} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
