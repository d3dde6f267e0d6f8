'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { CopyButton } from '@flow/ui/copy';
import { Badge, Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import type { ComponentProps } from 'react';
import type { ExemptionScope } from '../exemptions/ask-exemption.tsx';
import { NearestPlan } from '../guardrails/nearest-plan.tsx';
import { VerdictPanel } from '../verdict/verdict-panel.tsx';
import { LookedAt } from './looked-at.tsx';

export type ShownExplanation = RouterOutputs['deployment']['explain'];
export type Considered = ShownExplanation['considered'][number];

interface ExplanationViewProps {
  explanation: ShownExplanation;
  /** What the nearest plan would deploy, should the plan be refused. */
  what?: ComponentProps<typeof NearestPlan>['what'];
  /** What exemptions can be asked for from here. */
  exempts?: ExemptionScope | null;
  onAsked?: (() => void) | undefined;
}

/** The answer with its reasons, the nearest plan that passes, those who can help, and everything that was considered on the way to it. */
export function ExplanationView({ explanation, what = null, exempts = null, onAsked }: ExplanationViewProps) {
  const { verdict, considered, nearestPlan, text } = explanation;
  const helps = considered.filter(isAgainst).flatMap((one) => one.helps.map((help) => ({ ...help, title: one.title })));
  return (
    <div className="flex flex-col gap-3">
      <VerdictPanel verdict={verdict} exempts={exempts} />
      {nearestPlan === null ? null : <NearestPlan nearest={nearestPlan} what={what} onAsked={onAsked} />}
      {helps.length === 0 ? null : <WhoCanHelp helps={helps} />}
      <details>
        <summary className="cursor-pointer font-medium">Everything that was considered ({considered.length})</summary>
        <div className="mt-2 flex flex-col gap-2">
          <p className="text-muted flex flex-wrap items-center gap-x-2 text-xs">
            Asked <Time at={explanation.at} /> <CopyButton value={text.join('\n')} label="Copy all of it as text" />
          </p>
          <ul className="flex flex-col divide-y divide-line">
            {considered.map((one) => (
              <ConsideredItem key={`${one.source} ${one.id}`} considered={one} />
            ))}
          </ul>
        </div>
      </details>
    </div>
  );
}

function isAgainst({ standing, enforcement }: Considered): boolean {
  return enforcement === 'enforce' && (standing === 'deny' || standing === 'hold' || standing === 'approvals');
}

type Help = Considered['helps'][number];

/** Who can do what about it: each act once, with the people who may. */
function WhoCanHelp({ helps }: { helps: readonly (Help & { title: string })[] }) {
  const acts = [...new Map(helps.map((help) => [help.toDo, help])).values()];
  return (
    <section aria-label="Who can help">
      <p className="font-medium">Who can help</p>
      <ul className="text-muted">
        {acts.map((help) => (
          <li key={help.toDo}>{helpText(help)}</li>
        ))}
      </ul>
    </section>
  );
}

function helpText({ names, hasMore, toDo }: Help): string {
  if (names.length === 0) return `Nobody here can ${toDo} now.`;
  return `${names.join(', ')}${hasMore ? ' and others' : ''} can ${toDo}.`;
}

const standings = {
  deny: { label: 'Refuses it', tone: 'danger' },
  approvals: { label: 'Asks for approval', tone: 'waiting' },
  hold: { label: 'Holds it', tone: 'waiting' },
  note: { label: 'Worth knowing', tone: 'info' },
  passes: { label: 'Passes', tone: 'success' },
  notAsked: { label: 'Not asked', tone: 'neutral' },
} as const satisfies Record<Considered['standing'], { label: string; tone: Tone }>;

function ConsideredItem({ considered }: { considered: Considered }) {
  const { standing, title, sentences, enforcement, owner } = considered;
  const { label, tone } = standings[standing];
  return (
    <li className="py-2">
      <details>
        <summary className="cursor-pointer">
          <span className="ml-1 inline-flex max-w-[calc(100%-1.5rem)] flex-wrap items-baseline gap-x-3 gap-y-1 align-top">
            <Status tone={tone} label={label} />
            <span className="font-medium">{title}</span>
            {enforcement === 'shadow' ? <Badge>In shadow</Badge> : null}
            <span className="text-muted min-w-0">{sentences[0]}</span>
          </span>
        </summary>
        <div className="mt-2 flex flex-col gap-2 pl-6">
          {sentences.slice(1).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          <LookedAt considered={considered} />
          <p className="text-muted flex flex-wrap gap-x-3 text-xs">
            <span>Of {owner}</span>
            {considered.liftedBy === '' ? null : <span>Lifted by {considered.liftedBy}</span>}
            {considered.earliestAt === null ? null : (
              <span>
                Earliest <Time at={considered.earliestAt} />
              </span>
            )}
          </p>
        </div>
      </details>
    </li>
  );
}
