'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Notice } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useTenant } from '../../shell/tenant.tsx';
import { AskExemption } from '../exemptions/ask-exemption.tsx';
import type { ExemptionScope } from '../exemptions/ask-exemption.tsx';
import { sectionPath } from '../policy/governance-page.tsx';
import type { GovernanceSection } from '../policy/governance-page.tsx';

export type ShownVerdict = RouterOutputs['deployment']['preview'];
type Reason = ShownVerdict['reasons'][number];

/**
 * What the rules say to one request: the answer first, then every reason by what it does, with whose it is, who lifts it, and from when on. Where it is
 * known what an exemption would open, it can be asked for beside the reason.
 */
export function VerdictPanel({ verdict, exempts = null }: { verdict: ShownVerdict; exempts?: ExemptionScope | null }) {
  return (
    <div className="flex flex-col gap-3">
      <Notice tone={tones[verdict.kind]}>
        <p className="font-medium">{sentenceOf(verdict)}</p>
        <Earliest verdict={verdict} />
      </Notice>
      {groups.map(({ effect, title, tone }) => {
        const reasons = verdict.reasons.filter((reason) => reason.effect === effect);
        return reasons.length === 0 ? null : <ReasonGroup key={effect} title={title} tone={tone} reasons={reasons} exempts={exempts} />;
      })}
      {verdict.shadow.length === 0 ? null : (
        <details>
          <summary className="cursor-pointer font-medium">
            {verdict.shadow.length === 1 ? 'One rule in shadow' : `${verdict.shadow.length} rules in shadow`} would have had a say
          </summary>
          <p className="text-muted my-2 text-xs">Rules in shadow are judged like others and decide nothing.</p>
          <Reasons reasons={verdict.shadow} isShadow exempts={null} />
        </details>
      )}
    </div>
  );
}

const tones = { allowed: 'success', heldUntil: 'waiting', needsApprovals: 'waiting', denied: 'danger' } as const satisfies Record<
  ShownVerdict['kind'],
  Tone
>;

const groups = [
  { effect: 'deny', title: 'Refuses it', tone: 'danger' },
  { effect: 'hold', title: 'Holds it', tone: 'waiting' },
  { effect: 'approvals', title: 'Asks for approvals', tone: 'waiting' },
  { effect: 'note', title: 'Worth knowing', tone: 'info' },
] as const satisfies readonly { effect: Reason['effect']; title: string; tone: Tone }[];

const shadowWords = {
  deny: 'It would refuse',
  hold: 'It would hold',
  approvals: 'It would ask for approvals',
  note: 'It would note',
} as const satisfies Record<Reason['effect'], string>;

function sentenceOf({ kind, missing }: ShownVerdict): string {
  switch (kind) {
    case 'allowed':
      return 'It can start at once.';
    case 'heldUntil':
      return 'It will be held.';
    case 'needsApprovals':
      return missing === 1 ? 'It needs one approval first.' : `It needs ${missing ?? 'some'} approvals first.`;
    case 'denied':
      return 'It would be refused.';
  }
}

function Earliest({ verdict: { kind, until, earliestAt } }: { verdict: ShownVerdict }) {
  const at = until ?? earliestAt;
  if (kind === 'allowed') return null;
  if (at !== null)
    return (
      <p>
        Earliest <Time at={at} />
      </p>
    );
  return kind === 'heldUntil' ? <p>No time can be named: something else must end or change first.</p> : null;
}

function ReasonGroup({ title, tone, ...of }: { title: string; tone: Tone; reasons: readonly Reason[]; exempts: ExemptionScope | null }) {
  return (
    <section className="flex flex-col gap-1.5" aria-label={title}>
      <Status tone={tone} label={title} />
      <Reasons {...of} />
    </section>
  );
}

interface ReasonsProps {
  reasons: readonly Reason[];
  exempts: ExemptionScope | null;
  isShadow?: boolean;
}

function Reasons({ reasons, exempts, isShadow = false }: ReasonsProps) {
  return (
    <ul className="flex flex-col gap-2">
      {reasons.map((reason) => (
        <li key={`${reason.source} ${reason.id} ${reason.sentence}`} className="border-l-2 border-line pl-3">
          <p>
            {isShadow ? `${shadowWords[reason.effect]}: ` : ''}
            {reason.sentence}
          </p>
          <p className="text-muted flex flex-wrap gap-x-3 text-xs">
            <Source reason={reason} />
            {reason.liftedBy === '' ? null : <span>Lifted by {reason.liftedBy}</span>}
            {reason.earliestAt === null ? null : (
              <span>
                Earliest <Time at={reason.earliestAt} />
              </span>
            )}
          </p>
          {exempts === null || !reason.exemptible ? null : <AskExemption policyId={reason.id} sentence={reason.sentence} scope={exempts} />}
        </li>
      ))}
    </ul>
  );
}

const sections = {
  rule: 'rules',
  freeze: 'freezes',
  guardrail: 'guardrails',
  gate: 'gates',
  approval: 'approvals',
} as const satisfies Record<Exclude<Reason['source'], 'builtIn'>, GovernanceSection>;

const articles = {
  rule: 'A rule',
  freeze: 'A freeze',
  guardrail: 'A guardrail',
  gate: 'A gate',
  approval: 'An approval policy',
} as const satisfies Record<keyof typeof sections, string>;

/** Whose it is, with the way to what it says. */
function Source({ reason }: { reason: Reason }) {
  const { slug } = useTenant();
  if (reason.source === 'builtIn') return <span>A rule of Flow itself</span>;
  return (
    <Link className="text-accent hover:underline" href={`${sectionPath(slug, sections[reason.source])}/${reason.id}`}>
      {articles[reason.source]} of {reason.owner}
    </Link>
  );
}
