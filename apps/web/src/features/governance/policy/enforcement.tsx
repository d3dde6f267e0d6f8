import { Badge } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Eye, PowerOff, ShieldCheck } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';

export type Enforcement = 'off' | 'shadow' | 'enforce';

const shown: Readonly<Record<Enforcement, { label: string; tone: Tone; icon: LucideIcon }>> = {
  off: { label: 'Off', tone: 'neutral', icon: PowerOff },
  shadow: { label: 'Shadow', tone: 'info', icon: Eye },
  enforce: { label: 'Enforced', tone: 'success', icon: ShieldCheck },
};

/** How far a policy is switched on: a picture, a word and a colour. */
export function EnforcementBadge({ enforcement }: { enforcement: Enforcement }) {
  const { label, tone, icon: Icon } = shown[enforcement];
  return (
    <Badge tone={tone}>
      <Icon size={13} aria-hidden className="mr-1" />
      {label}
    </Badge>
  );
}

/** The choices with what each does. */
export const enforcementOptions = [
  { value: 'shadow', label: 'Shadow: judged and shown apart, decides nothing' },
  { value: 'enforce', label: 'Enforced: decides' },
  { value: 'off', label: 'Off: not looked at' },
];

/** The same choices where there is little room. */
export const shortEnforcementOptions = [
  { value: 'shadow', label: 'Shadow' },
  { value: 'enforce', label: 'Enforced' },
  { value: 'off', label: 'Off' },
];

/** The choice behind a text of a form. */
export function enforcementOf(text: string): Enforcement {
  return text === 'enforce' || text === 'off' ? text : 'shadow';
}
