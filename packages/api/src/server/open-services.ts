import { FlowError } from '@flow/core/fault';
import { createDatabase, openDatabaseClock } from '@flow/db/client';
import { createAnnouncer, eventChannel, jobChannel } from '@flow/db/events';
import { findTenantBySlug } from '@flow/db/tenancy';
import { checkpointSigner } from '@flow/operations/audit';
import { readAllowedPlaces } from '@flow/delivery/outbound';
import type { AllowedPlaces } from '@flow/delivery/outbound';
import type { Log } from '@flow/operations/context';
import { newId } from '@flow/operations/identity';
import { createSealer } from '@flow/operations/secret';
import { createSessionVerifier } from '@flow/operations/session';
import { createRateLimiter } from '../limit/index.ts';
import type { ApiMeasures, ApiServices } from '../router/index.ts';
import { createHub, createStreams } from '../stream/index.ts';
import type { Streams } from '../stream/index.ts';

export interface OpenedServices {
  services: ApiServices;
  streams: Streams;
  /** Tells the other processes that something was written: they look. */
  onWritten: () => void;
  isReady: () => Promise<boolean>;
  close(): Promise<void>;
}

/** What a web process is told. */
export interface OpenSettings {
  databaseUrl: string;
  encryptionKey: string;
  /** The key before, while the key is changed. */
  previousEncryptionKey?: string | null;
  rateScale: number;
  /** Null: the audit record is chained, and its ends are not signed. */
  auditKey: string | null;
  /** Hosts and ranges of addresses that the operator allows to be called although they are not on the internet. */
  outboundAllow?: string;
}

/** Opens what a web process holds: one pool, one listener, one hub. Waits for the database. */
export async function openServices(settings: OpenSettings, log: Log, measures: ApiMeasures): Promise<OpenedServices> {
  const db = createDatabase(settings.databaseUrl, 15);
  // Clocks of machines decide nothing: times are those of the database.
  const clock = await openDatabaseClock(db);
  const { now } = clock;
  const sessions = createSessionVerifier({ db, now });
  const rates = createRateLimiter({ now, scale: settings.rateScale });
  const announcer = createAnnouncer(db);
  const stopping = new AbortController();
  const hub = createHub({
    db,
    signal: stopping.signal,
    onError: (error) => log.warn({ error }, 'the event log cannot be read; trying again'),
    onEvent: (event) => {
      measures.eventRead(now().getTime() - Date.parse(event.at));
      const userId = event.data['userId'];
      if (event.type === 'membership.changed' && typeof userId === 'string') sessions.forgetPerson(userId);
    },
  });
  measures.countViewers(() => hub.subscriberCount);
  const streams = createStreams({ hub, sessions, findTenant: (slug) => findTenantBySlug(db.prisma, slug) });
  return {
    services: {
      db,
      sessions,
      sealer: createSealer(settings.encryptionKey, settings.previousEncryptionKey),
      checkpoints: settings.auditKey === null ? null : checkpointSigner(settings.auditKey).verifier,
      rates,
      measures,
      outboundAllowed: allowedOf(settings.outboundAllow ?? ''),
      now,
      newId,
      log,
    },
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
      clock[Symbol.dispose]();
      await db.close();
    },
  };
}

function allowedOf(text: string): AllowedPlaces {
  const read = readAllowedPlaces(text);
  if (read.ok) return read.places;
  throw new FlowError({ code: 'precondition', owner: 'configuration', message: `FLOW_OUTBOUND_ALLOW: ${read.message}` });
}
