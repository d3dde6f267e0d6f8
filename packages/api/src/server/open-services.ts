import { createDatabase } from '@flow/db/client';
import { createAnnouncer, eventChannel, jobChannel } from '@flow/db/events';
import { findTenantBySlug } from '@flow/db/tenancy';
import type { Log } from '@flow/operations/context';
import { newId } from '@flow/operations/identity';
import { createSealer } from '@flow/operations/secret';
import { createSessionVerifier } from '@flow/operations/session';
import { createRateLimiter } from '../limit/index.ts';
import type { ApiServices } from '../router/index.ts';
import { createHub, createStreams } from '../stream/index.ts';
import type { Streams } from '../stream/index.ts';
import { now } from './clock.ts';

export interface OpenedServices {
  services: ApiServices;
  streams: Streams;
  /** Tells the other processes that something was written: they look. */
  onWritten: () => void;
  isReady: () => Promise<boolean>;
  close(): Promise<void>;
}

/** Opens what a web process holds: one pool, one listener, one hub. */
export function openServices(settings: { databaseUrl: string; encryptionKey: string; rateScale: number }, log: Log): OpenedServices {
  const db = createDatabase(settings.databaseUrl, 15);
  const sessions = createSessionVerifier({ db, now });
  const rates = createRateLimiter({ now, scale: settings.rateScale });
  const announcer = createAnnouncer(db);
  const stopping = new AbortController();
  const hub = createHub({
    db,
    signal: stopping.signal,
    onError: (error) => log.warn({ error }, 'the event log cannot be read; trying again'),
    onEvent: (event) => {
      const userId = event.data['userId'];
      if (event.type === 'membership.changed' && typeof userId === 'string') sessions.forgetPerson(userId);
    },
  });
  const streams = createStreams({ hub, sessions, findTenant: (slug) => findTenantBySlug(db.prisma, slug) });
  return {
    services: { db, sessions, sealer: createSealer(settings.encryptionKey), rates, now, newId, log },
    streams,
    onWritten() {
      announcer.announce(jobChannel);
      announcer.announce(eventChannel);
    },
    isReady: () =>
      db.pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    async close() {
      stopping.abort();
      await announcer.close();
      await db.close();
    },
  };
}
