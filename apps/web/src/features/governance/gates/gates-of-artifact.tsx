'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Checkbox } from '@flow/ui/field';
import { EmptyState, Notice } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { Badge, Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { sectionPath } from '../policy/governance-page.tsx';

type Answer = RouterOutputs['evidence']['ofArtifact'];
type Gate = Answer['gates'][number];
type Check = Gate['checks'][number];
type Evidence = Answer['evidence'][number];

/** The gates on the way of an artifact: each check with what it was judged by, and all that was ever said of it. */
export function GatesOfArtifact({ artifactId }: { artifactId: string }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.evidence.ofArtifact.queryOptions({ tenant, artifactId }));
  useLive([`tenant:${id}`]);
  return (
    <Panel title="Gates and evidence">
      <QueryView query={query} failed="The gates could not be asked">
        {({ gates, evidence }) => (
          <div className="flex flex-col gap-4">
            {gates.length === 0 ? (
              <EmptyState title="No gate stands on its way">A tenant admin adds one under Governance, Gates.</EmptyState>
            ) : (
              gates.map((gate) => <GateView key={gate.id} gate={gate} artifactId={artifactId} />)
            )}
            {evidence.length === 0 ? null : (
              <details>
                <summary className="cursor-pointer font-medium">All that was said of it ({evidence.length})</summary>
                <ul className="mt-2 flex flex-col gap-1">
                  {evidence.map((one) => (
                    <li key={one.id}>
                      <Told evidence={one} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

const states = {
  passed: { label: 'Passed', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  waiting: { label: 'Waits', tone: 'waiting' },
} as const satisfies Record<Gate['state'], { label: string; tone: Tone }>;

function GateView({ gate, artifactId }: { gate: Gate; artifactId: string }) {
  const { slug } = useTenant();
  return (
    <section aria-label={gate.title} className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status {...states[gate.state]} />
        <Link className="font-medium hover:underline" href={`${sectionPath(slug, 'gates')}/${gate.id}`}>
          {gate.title}
        </Link>
        <span className="text-muted">before {gate.before.join(', ')}</span>
        {gate.enforcement === 'shadow' ? <Badge>In shadow</Badge> : null}
      </p>
      <ul className="flex flex-col gap-3 border-l-2 border-line pl-3">
        {gate.checks.map((check) => (
          <li key={check.key}>
            <CheckView check={check} gateId={gate.id} artifactId={artifactId} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface OneCheck {
  check: Check;
  gateId: string;
  artifactId: string;
}

function CheckView({ check, gateId, artifactId }: OneCheck) {
  return (
    <div className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-3">
        <Status {...states[check.state]} />
        <span>{check.sentence}</span>
      </p>
      {check.kind === 'checklist' ? (
        <Items check={check} gateId={gateId} artifactId={artifactId} />
      ) : (
        check.evidence.map((one) => <Told key={one.id} evidence={one} />)
      )}
      {check.state === 'passed' ? null : <p className="text-muted text-xs">It is brought further by {check.liftedBy}</p>}
      {check.expiresAt === null ? null : (
        <p className="text-muted text-xs">
          Counts until <Time at={check.expiresAt} />
        </p>
      )}
    </div>
  );
}

/** What was found, by what, who said so and when. */
function Told({ evidence: { said, by, link, recordedAt, expiresAt } }: { evidence: Evidence }) {
  return (
    <p className="text-muted text-xs break-words">
      {said}, said by {by} <Time at={recordedAt} />
      {expiresAt === null ? null : (
        <>
          , until <Time at={expiresAt} />
        </>
      )}
      {link === '' ? null : (
        <>
          {' '}
          <a className="text-accent underline" href={link} target="_blank" rel="noreferrer noopener">
            All of it
          </a>
        </>
      )}
    </p>
  );
}

function Items({ check, gateId, artifactId }: OneCheck) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const tick = useMutation(
    api.evidence.tick.mutationOptions({
      onSuccess: (_, { item, isDone }) => toast(isDone ? `${item}: done` : `${item}: open again`),
      // Pending until the page shows what is kept, so that a tick does not flicker.
      onSettled: () => queryClient.invalidateQueries(),
    }),
  );
  const isTicked = (item: string, isKept: boolean): boolean =>
    tick.isPending && tick.variables.item === item ? tick.variables.isDone : isKept;
  return (
    <div className="flex flex-col gap-1">
      {check.items.map(({ item, tickedBy, tickedAt }) => (
        <div key={item} className="flex flex-wrap items-baseline gap-x-3">
          <Checkbox
            label={item}
            checked={isTicked(item, tickedBy !== null)}
            disabled={!can('evidence:report') || tick.isPending}
            onChange={(event) => tick.mutate({ tenant, artifactId, gateId, checkKey: check.key, item, isDone: event.target.checked })}
          />
          {tickedBy === null || tickedAt === null ? null : (
            <span className="text-muted text-xs">
              {tickedBy} <Time at={tickedAt} />
            </span>
          )}
        </div>
      ))}
      {tick.error === null ? null : <Notice tone="danger">{faultOf(tick.error).message}</Notice>}
    </div>
  );
}
