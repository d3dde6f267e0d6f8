import type { Clock, Controller, Store } from '../../store/store.ts';

/** How long a real cluster keeps its Events (`--event-ttl`). */
const EVENT_LIFETIME_MS = 3600_000;
const SWEEP_INTERVAL_MS = 300_000;

/** Removes Events that are over their time, so that a cluster that runs for weeks does not fill up with them. */
export function createEventExpiry({ store, clock }: { store: Store; clock: Clock }): Controller {
  let cancel: (() => void) | undefined;
  const sweep = (): void => {
    const oldest = clock.now().getTime() - EVENT_LIFETIME_MS;
    for (const event of store.list('events')) {
      const lastTime = event['lastTimestamp'];
      if (Date.parse(typeof lastTime === 'string' ? lastTime : event.metadata.creationTimestamp) < oldest)
        store.delete('events', event.metadata);
    }
    cancel = clock.after(SWEEP_INTERVAL_MS, sweep);
  };
  return {
    start: sweep,
    stop: async () => {
      cancel?.();
      await Promise.resolve();
    },
  };
}
