import type { RouterOutputs } from '@flow/api/client-types';
import { Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Tooltip } from '@flow/ui/tooltip';

/** Whether a rollback in a region would succeed. */
export type WayBack = NonNullable<RouterOutputs['deployment']['get']['targets'][number]['wayBack']>;

const looks = {
  works: { tone: 'success', label: 'Way back works' },
  doubtful: { tone: 'warning', label: 'Way back in doubt' },
  none: { tone: 'blocked', label: 'No way back' },
} as const satisfies Record<WayBack['light'], { tone: Tone; label: string }>;

/** The light of a way back. What is in its way stands below it; why one works does so only where there is room for it, else it is told when it is pointed at. */
export function WayBackLight({ wayBack, isSpelledOut = false }: { wayBack: WayBack | null; isSpelledOut?: boolean }) {
  if (wayBack === null) return null;
  const status = <Status {...looks[wayBack.light]} />;
  if (wayBack.light === 'works' && !isSpelledOut)
    return (
      <Tooltip content={wayBack.sentence}>
        <button type="button" className="flex min-h-6 w-fit items-center text-xs" aria-label={`${looks.works.label}: ${wayBack.sentence}`}>
          {status}
        </button>
      </Tooltip>
    );
  return (
    <span className="flex max-w-72 flex-col py-1 text-xs whitespace-normal">
      {status}
      <span className="text-muted">{wayBack.sentence}</span>
    </span>
  );
}

/** The worst of several lights; nothing where all ways back work. */
export function WorstLight({ waysBack }: { waysBack: readonly (WayBack | null)[] }) {
  const light = (['none', 'doubtful'] as const).find((one) => waysBack.some((wayBack) => wayBack?.light === one));
  if (light === undefined) return null;
  return (
    <span className="flex min-h-6 items-center text-xs">
      <Status {...looks[light]} />
    </span>
  );
}
