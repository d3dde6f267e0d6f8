'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { DiffView } from '@flow/ui/diff';
import { Notice } from '@flow/ui/feedback';
import { Badge } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { stateLabel } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

type Risk = RouterOutputs['approval']['risk'];

/** What a yes means at a glance, what still stands ahead, and what has changed since my last yes here. */
export function RiskSummary({ approvalId }: { approvalId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.approval.risk.queryOptions({ tenant, approvalId }));
  return (
    <div className="min-h-14">
      <QueryView query={query} failed="The summary cannot be shown">
        {(risk) => (
          <div className="flex flex-col gap-4">
            <Facts risk={risk} />
            <Ahead risk={risk} />
            <Since risk={risk} />
          </div>
        )}
      </QueryView>
    </div>
  );
}

type Tone = 'neutral' | 'warning' | 'success' | 'danger';
interface FactShown {
  key: string;
  tone: Tone;
  text: ReactNode;
}

function Facts({ risk }: { risk: Risk }) {
  const facts = [...changeFacts(risk), previousFact(risk), ...stateFacts(risk)];
  return (
    <ul aria-label="Risk" className="flex flex-wrap gap-2">
      {facts.map(({ key, tone, text }) => (
        <li key={key}>
          <Badge tone={tone}>{text}</Badge>
        </li>
      ))}
    </ul>
  );
}

function changeFacts({ changes, changedLineCount, regions, tier }: Risk): FactShown[] {
  const kinds = [
    changes.changesImage ? 'image' : '',
    changes.changesConfiguration ? 'configuration' : '',
    changes.changesChart ? 'chart' : '',
  ].filter((kind) => kind !== '');
  return [
    {
      key: 'what',
      tone: kinds.length > 1 ? 'warning' : 'neutral',
      text: kinds.length === 0 ? 'Changes nothing that runs' : `Changes ${kinds.join(', ')}`,
    },
    { key: 'size', tone: changedLineCount > 200 ? 'warning' : 'neutral', text: `${changedLineCount} lines of manifests` },
    { key: 'regions', tone: 'neutral', text: regions.length === 1 ? regions[0] : `${regions.length} regions` },
    { key: 'tier', tone: tier === '1' ? 'warning' : 'neutral', text: `Tier ${tier}` },
  ];
}

function previousFact({ previous }: Risk): FactShown {
  if (previous === null) return { key: 'previous', tone: 'neutral', text: 'First deployment here' };
  const text = (
    <span>
      Last one {stateLabel(previous.state).toLowerCase()} <Time at={previous.endedAt} />
    </span>
  );
  return { key: 'previous', tone: previous.state === 'succeeded' ? 'success' : 'danger', text };
}

function stateFacts({ incidents, soakingSince, testsPassed, newerBelow }: Risk): FactShown[] {
  const open = incidents.map(({ title, serviceName }) => `${title} (${serviceName})`).join(', ');
  const soak =
    soakingSince === null ? (
      'Does not run in the environment below'
    ) : (
      <span>
        Runs below since <Time at={soakingSince} />
      </span>
    );
  return [
    { key: 'incidents', tone: open === '' ? 'success' : 'danger', text: open === '' ? 'No open incident' : `Open incident: ${open}` },
    { key: 'soak', tone: soakingSince === null ? 'warning' : 'success', text: soak },
    { key: 'tests', tone: testsPassed ? 'success' : 'warning', text: testsPassed ? 'Its run was green' : 'No green run is known' },
    ...newerBelow.map((name): FactShown => ({ key: `newer ${name}`, tone: 'warning', text: `${name} runs something newer` })),
  ];
}

function Ahead({ risk }: { risk: Risk }) {
  const { ahead, freezesAhead, path } = risk;
  return (
    <div className="flex flex-col gap-1">
      {ahead.map((reason) => (
        <p key={reason.sentence} className="text-warning-fg">
          After a yes it still waits: {reason.sentence}
          {reason.earliestAt === null ? `; lifted by ${reason.liftedBy}` : <At at={reason.earliestAt} />}
        </p>
      ))}
      {freezesAhead.map((freeze) => (
        <p key={`${freeze.title} ${freeze.startsAt}`} className="text-muted">
          The freeze &ldquo;{freeze.title}&rdquo; begins <Time at={freeze.startsAt} />
        </p>
      ))}
      {path.length === 0 ? null : (
        <p className="text-muted">
          After this environment come{' '}
          {path.map((step) => `${step.name}${step.requiredApprovals > 0 ? ` (${step.requiredApprovals} approvals)` : ''}`).join(', then ')}.
        </p>
      )}
    </div>
  );
}

function At({ at }: { at: string }) {
  return (
    <span>
      {' '}
      until <Time at={at} />
    </span>
  );
}

const partWords = { image: 'Image', chart: 'Chart', configuration: 'Configuration', plan: 'Plan' } as const;

function Since({ risk: { since } }: { risk: Risk }) {
  if (since === null) return null;
  return (
    <Notice tone="info" title={`Since you approved ${since.version}`}>
      <p className="mb-2">
        You said yes here <Time at={since.approvedAt} />.{' '}
        {since.changes.length === 0
          ? 'Nothing that decides what runs has changed since.'
          : `Changed since: ${since.changes.map(({ part }) => partWords[part].toLowerCase()).join(', ')}.`}
      </p>
      <div className="text-text flex flex-col gap-2">
        {since.changes.map(({ part, before, after }) => (
          <DiffView key={part} isFolded title={partWords[part]} label={`${partWords[part]}, then and now`} before={before} after={after} />
        ))}
      </div>
    </Notice>
  );
}
