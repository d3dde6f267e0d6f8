import type { RouterOutputs } from '@flow/api/client-types';
import type { Tone } from '@flow/ui/status';

type Version = RouterOutputs['promotion']['standing'][number]['versions'][number];

/** How an artifact stands to what runs somewhere, in a few words. */
export function standingText({ relation, aheadCount, behindCount }: Pick<Version, 'relation' | 'aheadCount' | 'behindCount'>): {
  tone: Tone;
  label: string;
} {
  switch (relation) {
    case 'same':
      return { tone: 'success', label: 'Runs there' };
    case 'ahead':
      return { tone: 'info', label: `${commits(aheadCount)} ahead` };
    case 'behind':
      return { tone: 'warning', label: `${commits(behindCount)} behind` };
    case 'diverged':
      return { tone: 'warning', label: `${commits(aheadCount)} ahead, ${behindCount} behind` };
    case 'unknown':
      return { tone: 'neutral', label: 'Not known how they relate' };
  }
}

function commits(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}
