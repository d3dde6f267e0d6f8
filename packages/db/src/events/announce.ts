import pg from 'pg';
import type { Database } from '../client/index.ts';

/** Channels that carry nothing but "look": positions are read from the tables. */
export const eventChannel = 'flow_events';
export const jobChannel = 'flow_jobs';

export interface Announcer {
  /** Says that something was committed. Many calls within the window become one NOTIFY. */
  announce(channel: typeof eventChannel | typeof jobChannel): void;
  /** Sends what is still to be said. */
  close(): Promise<void>;
}

/**
 * One NOTIFY per process and window instead of one per transaction: NOTIFY takes a lock at commit and halves the rate of writers.
 * The first call after a quiet time is sent at once. A lost NOTIFY costs latency only: listeners also look by themselves every few seconds.
 */
export function createAnnouncer(db: Database, windowMs = 2): Announcer {
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  const flush = (): void => {
    const channels = [...pending];
    pending.clear();
    timer = channels.length === 0 ? undefined : setTimeout(flush, windowMs);
    if (channels.length === 0) return;
    const text = `SELECT ${channels.map((_, index) => `pg_notify($${index + 1}, '')`).join(', ')}`;
    sending = db.pool.query(text, channels).then(
      () => undefined,
      () => undefined,
    );
  };

  return {
    announce(channel) {
      pending.add(channel);
      if (timer === undefined) flush();
    },
    async close() {
      clearTimeout(timer);
      flush();
      clearTimeout(timer);
      await sending;
    },
  };
}

/**
 * Holds one LISTEN connection and calls `onNotice` for each notification, and also after each reconnect and every `safetyMs`,
 * since a notification sent while the connection was down is lost. Ends with the signal.
 */
export function listen(url: string, options: { channel: string; onNotice: () => void; signal: AbortSignal; safetyMs?: number }): void {
  const { channel, onNotice, signal, safetyMs = 5_000 } = options;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  const safety = setInterval(onNotice, safetyMs);

  const connect = (): void => {
    if (signal.aborted) return;
    const next = new pg.Client({ connectionString: url, keepAlive: true });
    client = next;
    let ended = false;
    const again = (): void => {
      if (ended) return;
      ended = true;
      void next.end().catch(() => undefined);
      if (!signal.aborted) retry = setTimeout(connect, 200 + Math.random() * 800);
    };
    next.on('error', again);
    next.on('end', again);
    next.on('notification', onNotice);
    next.connect().then(() => next.query(`LISTEN ${channel}`).then(onNotice, again), again);
  };

  signal.addEventListener('abort', () => {
    clearInterval(safety);
    clearTimeout(retry);
    void client?.end().catch(() => undefined);
  });
  connect();
}
