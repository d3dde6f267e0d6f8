import { Badge } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { z } from 'zod';

/** What a rule does while its condition is true, read leniently from a document. */
export const ruleEffect = z
  .object({ kind: z.enum(['allow', 'warn', 'requireApprovals', 'hold', 'block']), count: z.number().optional() })
  .catch({ kind: 'warn' });
export type RuleEffect = z.output<typeof ruleEffect>;

const tones = {
  allow: 'success',
  warn: 'warning',
  requireApprovals: 'waiting',
  hold: 'waiting',
  block: 'blocked',
} as const satisfies Record<RuleEffect['kind'], Tone>;

/** The effect as a word: never the colour alone. */
export function EffectBadge({ effect }: { effect: RuleEffect }) {
  return <Badge tone={tones[effect.kind]}>{effectWord(effect)}</Badge>;
}

function effectWord({ kind, count = 1 }: RuleEffect): string {
  switch (kind) {
    case 'allow':
      return 'Speaks for it';
    case 'warn':
      return 'Warns';
    case 'requireApprovals':
      return count === 1 ? 'Asks for an approval' : `Asks for ${count} approvals`;
    case 'hold':
      return 'Holds';
    case 'block':
      return 'Refuses';
  }
}

/** The choices with what each does. */
export const effectOptions = [
  { value: 'warn', label: 'Warn: the reason is shown' },
  { value: 'requireApprovals', label: 'Require approvals: so many people must say yes' },
  { value: 'hold', label: 'Hold: it waits until the condition is false' },
  { value: 'block', label: 'Block: it is refused' },
  { value: 'allow', label: 'Allow: it is noted that the rule speaks for it' },
];
