import type { RouterInputs } from '@flow/api/client-types';
import type { Tone } from '@flow/ui/status';

export type Severity = RouterInputs['incident']['open']['severity'];

/** Each severity as people read it. */
export const severityShown = {
  minor: { label: 'Minor', tone: 'neutral' },
  major: { label: 'Major', tone: 'warning' },
  critical: { label: 'Critical', tone: 'danger' },
} as const satisfies Record<Severity, { label: string; tone: Tone }>;

/** The choice behind a text of a form. */
export function severityOf(text: string): Severity {
  return text === 'critical' || text === 'major' ? text : 'minor';
}
