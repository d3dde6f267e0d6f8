import type { RouterOutputs } from '@flow/api/client-types';
import type { Tone } from '@flow/ui/status';

export type Exemption = RouterOutputs['exemption']['list']['items'][number];

/** How far an exemption is now, in a word and its tone. */
export function stateShown(
  { state, usedAt, endsAt }: Pick<Exemption, 'state' | 'usedAt' | 'endsAt'>,
  now: Date,
): { label: string; tone: Tone } {
  const isOver = Date.parse(endsAt) <= now.getTime();
  switch (state) {
    case 'asked':
      return isOver ? { label: 'Never answered', tone: 'neutral' } : { label: 'Waits for an answer', tone: 'waiting' };
    case 'granted':
      if (usedAt !== null) return { label: 'Used', tone: 'info' };
      return isOver ? { label: 'Over', tone: 'neutral' } : { label: 'In force', tone: 'warning' };
    case 'refused':
      return { label: 'Refused', tone: 'danger' };
    case 'withdrawn':
      return { label: 'Taken back', tone: 'neutral' };
  }
}

/** How the review of a break-glass stands; null where there is none. */
export function reviewShown(
  { reviewDueAt, reviewClosedAt }: Pick<Exemption, 'reviewDueAt' | 'reviewClosedAt'>,
  now: Date,
): { label: string; tone: Tone } | null {
  if (reviewDueAt === null) return null;
  if (reviewClosedAt !== null) return { label: 'Reviewed', tone: 'success' };
  return Date.parse(reviewDueAt) <= now.getTime() ? { label: 'Review overdue', tone: 'danger' } : { label: 'Review open', tone: 'warning' };
}

/** What it opens: "Checkout 1.4 in Production". */
export function placeText({
  service,
  version,
  environment,
  deploymentId,
}: Pick<Exemption, 'service' | 'version' | 'environment' | 'deploymentId'>): string {
  const what = version === null ? `${service.name}, any version,` : `${service.name} ${version}`;
  return `${what} in ${environment.name}${deploymentId === null ? '' : ', one deployment'}`;
}

export const kindWords = { planned: 'Planned', breakGlass: 'Break-glass' } as const satisfies Record<Exemption['kind'], string>;
export const useWords = { once: 'opens once', forTime: 'opens as often as needed' } as const satisfies Record<Exemption['use'], string>;

const minuteMs = 60_000;

/** How long it may be asked for in minutes, up to the longest. */
export function durations(maxMs: number): readonly { value: string; label: string }[] {
  const all = [1, 2, 4, 8, 24, 72, 168, 720].map((hours) => ({
    minutes: hours * 60,
    label: hours < 48 ? (hours === 1 ? '1 hour' : `${hours} hours`) : `${hours / 24} days`,
  }));
  return all.filter(({ minutes }) => minutes * minuteMs <= maxMs).map(({ minutes, label }) => ({ value: String(minutes), label }));
}

/** How many reviews are open, in one sentence. */
export function openReviewsText(count: number): string {
  const what = count === 1 ? 'One break-glass waits' : `${count} break-glasses wait`;
  return `${what} for a review by someone who had no part in it. Until then each further exemption needs ${count === 1 ? 'one more approval' : `${count} more approvals`}.`;
}
