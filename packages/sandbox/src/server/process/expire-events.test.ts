import { expect, test } from 'vitest';
import { createManualClock, createStore } from '../../store/index.ts';
import { createEventExpiry } from './expire-events.ts';

test('an Event goes an hour after it was last seen, and not before', async () => {
  const clock = createManualClock();
  const store = createStore({ clock });
  const anEvent = (name: string) => ({ apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: 'ns' } });
  store.create('events', anEvent('once'));
  store.create('events', { ...anEvent('again'), lastTimestamp: new Date(clock.now().getTime() + 1800_000).toISOString() });
  const expiry = createEventExpiry({ store, clock });
  expiry.start();
  await clock.advance(3590_000);
  expect(store.list('events')).toHaveLength(2);
  await clock.advance(600_000);
  expect(store.list('events').map((event) => event.metadata.name)).toEqual(['again']);
  await expiry.stop();
});
