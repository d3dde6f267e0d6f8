import { Status } from '../status/index.ts';

const shown = {
  live: { tone: 'success', label: 'Live' },
  connecting: { tone: 'waiting', label: 'Reconnecting' },
  offline: { tone: 'danger', label: 'Offline' },
} as const;

/** Whether changes arrive by themselves at the moment. */
export function ConnectionIndicator({ state }: { state: keyof typeof shown }) {
  const { tone, label } = shown[state];
  return (
    <output aria-live="polite" className="text-xs">
      {/* Anew for each state: that it is live again is no change to mark. */}
      <Status key={state} tone={tone} label={label} />
    </output>
  );
}
