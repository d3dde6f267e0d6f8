import type { RouterOutputs } from '@flow/api/client-types';
import { formatDuration } from '@flow/ui/time';

export type ShownForesight = RouterOutputs['deployment']['foresee'];
export type ShownWave = ShownForesight['waves'][number];
export type ShownMeeting = ShownForesight['meetings'][number];

/** What will come of it, in one sentence. */
export function outcomeText({ outcome, startAt, waves }: ShownForesight): string {
  switch (outcome) {
    case 'arrives':
      return 'It will probably arrive.';
    case 'refused':
      return 'It would be refused, so there is nothing to foresee.';
    case 'takenBack':
      return 'It would be taken back on its way.';
    case 'stuck':
      return startAt === null
        ? 'No start can be named: something must end or change first.'
        : `It would stop after ${waves.length === 1 ? 'its first wave' : `${waves.length} waves`} have begun: no time can be named for what holds it.`;
  }
}

const partNames = {
  apply: 'Helm applies the release',
  weight: 'the share is changed',
  pause: 'it is watched',
  person: 'a person lets it go on',
  analysis: 'it is measured',
  finish: 'all pods become new and healthy',
} as const satisfies Record<ShownWave['parts'][number]['kind'], string>;

/** One part of a wave: "20%: it is watched, 2 min". */
export function partText({ kind, weight, fromAt, untilAt }: ShownWave['parts'][number]): string {
  const share = weight === null || kind === 'finish' ? '' : `${weight}%: `;
  return `${share}${partNames[kind]}, ${lengthText(fromAt, untilAt)}`;
}

/** From one time to another. */
export function lengthText(from: string, until: string): string {
  return formatDuration(Date.parse(until) - Date.parse(from));
}

const inFlightTexts = {
  finish: 'what moves goes on to its end',
  finishWave: 'a wave that has begun is finished, the next one waits',
  hold: 'what moves stays where it is',
  rollBack: 'what moves is taken back',
} as const satisfies Record<Extract<ShownMeeting, { kind: 'freeze' }>['inFlight'], string>;

const relationTexts = {
  same: 'the same service',
  dependency: 'which it calls',
  dependent: 'which calls it',
  none: '',
} as const satisfies Record<Extract<ShownMeeting, { kind: 'rollout' }>['relation'], string>;

/** What a freeze or the rollout of somebody else means for it. */
export function meetingText(meeting: ShownMeeting): string {
  if (meeting.kind === 'freeze') return inFlightTexts[meeting.inFlight];
  const where = meeting.regions.length === 0 ? '' : `in ${meeting.regions.join(', ')}`;
  return [relationTexts[meeting.relation], where].filter((part) => part !== '').join(', ');
}

const usualNames = [
  ['prepare', 'Preparing'],
  ['approval', 'Approval'],
  ['apply', 'Helm until the first step'],
  ['weight', 'Changing the share'],
  ['person', 'Waiting for a person at a step'],
  ['analysis', 'Measuring'],
  ['finish', 'From the last step to the end'],
  ['whole', 'A release without steps'],
] as const satisfies readonly (readonly [keyof ShownForesight['usual'], string])[];

/** What it rests on: each usual time with how often it was seen. */
export function usualRows(usual: ShownForesight['usual']): { name: string; text: string }[] {
  return usualNames.map(([kind, name]) => {
    const { seconds, sampleCount } = usual[kind];
    const seen = sampleCount === 1 ? 'seen once' : `seen ${sampleCount} times`;
    return { name, text: `${formatDuration(seconds * 1_000)}, ${sampleCount === 0 ? 'assumed: it was never seen here' : seen}` };
  });
}
