import { Status } from '@flow/ui/status';
import Link from 'next/link';
import type { RouterOutputs } from '@flow/api/client-types';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

type Newest = RouterOutputs['service']['get']['newest'][number];

/** Of these there is nothing to look at: the version beside them is what runs. */
const settled = ['succeeded', 'rejected', 'expired', 'superseded', 'cancelled'];

/** What is on its way to a place, waits before it or was taken back there; nothing where all is as the version says. */
export function NewestState({ newest, environmentId }: { newest: readonly Newest[]; environmentId: string }) {
  const { slug } = useTenant();
  const found = newest.find((one) => one.environmentId === environmentId);
  if (found === undefined || settled.includes(found.state)) return null;
  return (
    <Link className="flex min-h-6 items-center gap-1.5 text-xs hover:underline" href={`/t/${slug}/deployments/${found.id}`}>
      <Status tone={stateTone(found.state)} label={stateLabel(found.state)} /> {found.version}
    </Link>
  );
}
