'use client';

import { Link } from '@flow/ui/link';
import { Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useTenant } from '../../shell/tenant.tsx';
import { sectionPath } from '../policy/governance-page.tsx';
import { lengthText, meetingText, outcomeText, partText, usualRows } from './foresight-texts.ts';
import type { ShownForesight, ShownMeeting, ShownWave } from './foresight-texts.ts';

const tones = { arrives: 'success', refused: 'danger', takenBack: 'danger', stuck: 'waiting' } as const satisfies Record<
  ShownForesight['outcome'],
  Tone
>;

interface ForesightViewProps {
  foresight: ShownForesight;
  startsItself: boolean;
}

/** How it will probably go: the answer first, then what holds it, wave by wave, whom it meets, and what all of that rests on. */
export function ForesightView({ foresight, startsItself }: ForesightViewProps) {
  const { outcome, startAt, endAt, approvedAt, holds, waves, meetings, usual, isByNearestPlan } = foresight;
  return (
    <section aria-label="How it will probably go" className="flex flex-col gap-2">
      <p className="font-medium">How it will probably go{isByNearestPlan ? ', by the nearest plan' : ''}</p>
      <Status tone={tones[outcome]} label={outcomeText(foresight)} />
      <p className="text-muted flex flex-wrap gap-x-4">
        {approvedAt === null ? null : (
          <span>
            Approved <Time at={approvedAt} />
          </span>
        )}
        {startAt === null ? null : (
          <span>
            Starts <Time at={startAt} />
            {!startsItself && holds.some(({ wave }) => wave === 0) ? ', when someone starts it' : ''}
          </span>
        )}
        {endAt === null ? null : (
          <span>
            Arrives <Time at={endAt} />
          </span>
        )}
      </p>
      {holds.length === 0 ? null : <Holds holds={holds} />}
      {meetings.length === 0 ? null : <Meetings meetings={meetings} />}
      {waves.length === 0 ? null : (
        <details>
          <summary className="cursor-pointer font-medium">
            {waves.length === 1 ? 'One wave' : `${waves.length} waves`}, part by part
          </summary>
          <ol className="mt-2 flex flex-col gap-2">
            {waves.map((wave, index) => (
              <Wave key={wave.startAt} wave={wave} number={index + 1} />
            ))}
          </ol>
        </details>
      )}
      <details>
        <summary className="cursor-pointer font-medium">What this rests on</summary>
        <p className="text-muted my-2 text-xs">
          Times are what was usual here. Nobody knows what will be measured, who says no, or what others begin meanwhile.
        </p>
        <dl className="grid gap-x-4 gap-y-1 text-xs sm:grid-cols-[max-content_1fr]">
          {usualRows(usual).map(({ name, text }) => (
            <div key={name} className="sm:contents">
              <dt className="text-muted">{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

function Holds({ holds }: Pick<ShownForesight, 'holds'>) {
  return (
    <ul aria-label="What will hold it" className="flex flex-col gap-1.5">
      {holds.map(({ sentence, fromAt, untilAt, wave }) => (
        <li key={`${wave} ${fromAt} ${sentence}`} className="border-l-2 border-line pl-3">
          <p>{sentence}</p>
          <p className="text-muted flex flex-wrap gap-x-3 text-xs">
            <span>{wave === 0 ? 'Before the start' : `Wave ${wave}`}</span>
            <span>
              from <Time at={fromAt} />
            </span>
            {untilAt === null ? (
              <span>no end can be named</span>
            ) : (
              <span>
                until <Time at={untilAt} /> ({lengthText(fromAt, untilAt)})
              </span>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Meetings({ meetings }: Pick<ShownForesight, 'meetings'>) {
  return (
    <ul aria-label="What lies in its way" className="flex flex-col gap-1.5">
      {meetings.map((meeting) => (
        <li key={`${meeting.kind} ${idOf(meeting)} ${meeting.fromAt}`} className="border-l-2 border-line pl-3">
          <p>
            {meeting.kind === 'freeze' ? 'Meets the freeze ' : 'Meets the rollout of '}
            <MetLink meeting={meeting} />
          </p>
          <p className="text-muted flex flex-wrap gap-x-3 text-xs">
            <span>
              from <Time at={meeting.fromAt} /> until <Time at={meeting.untilAt} />
            </span>
            <span>{meetingText(meeting)}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

function idOf(meeting: ShownMeeting): string {
  return meeting.kind === 'freeze' ? meeting.policyId : meeting.deploymentId;
}

function MetLink({ meeting }: { meeting: ShownMeeting }) {
  const { slug } = useTenant();
  const [href, name] =
    meeting.kind === 'freeze'
      ? [`${sectionPath(slug, 'freezes')}/${meeting.policyId}`, meeting.title]
      : [`/t/${slug}/deployments/${meeting.deploymentId}`, meeting.serviceName];
  return (
    <Link className="text-accent hover:underline" href={href}>
      {name}
    </Link>
  );
}

function Wave({ wave, number }: { wave: ShownWave; number: number }) {
  const { regions, startAt, endAt, bakedAt, parts } = wave;
  return (
    <li className="border-l-2 border-line pl-3">
      <p>
        Wave {number}: {regions.join(', ')}
      </p>
      <p className="text-muted flex flex-wrap gap-x-3 text-xs">
        <span>
          begins <Time at={startAt} />
        </span>
        {endAt === null ? <span>does not come to its end</span> : <span>takes {lengthText(startAt, endAt)}</span>}
        {endAt === null || bakedAt === null ? null : <span>then observed for {lengthText(endAt, bakedAt)}</span>}
      </p>
      <ul className="text-xs">
        {parts.map((part) => (
          <li key={`${part.kind} ${part.fromAt} ${part.weight}`}>{partText(part)}</li>
        ))}
      </ul>
    </li>
  );
}
