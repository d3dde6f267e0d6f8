import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { z } from 'zod';
import type { CrashGate } from './gate.ts';

export interface GatedDatabase {
  db: Database;
  /** Cuts all connections, as the end of the process would: what was not committed is gone. */
  cut: () => Promise<void>;
}

const connection = z.custom<{ query: (...given: unknown[]) => unknown; end: () => Promise<void> }>(
  (value) => typeof value === 'object' && value !== null && 'query' in value,
);
const named = z.object({ text: z.string() });
const writes = /^\s*(?:INSERT|UPDATE|DELETE|WITH)\b/i;

/** A database of its own for one life of a worker: each statement that writes, and each commit of a transaction that wrote, passes the gate. */
export function openGatedDatabase(url: string, gate: CrashGate): GatedDatabase {
  const db = createDatabase(url, 6);
  const open = new Set<z.infer<typeof connection>>();
  db.pool.on('connect', (client) => {
    const plain = connection.parse(client);
    open.add(plain);
    Object.assign(client, { query: gatedQuery(plain, gate) });
  });
  return {
    db,
    async cut() {
      await Promise.all([...open].map((client) => client.end().catch(() => undefined)));
      await db.close().catch(() => undefined);
    },
  };
}

type Callback = (error: unknown, result?: unknown) => void;

function gatedQuery(client: z.infer<typeof connection>, gate: CrashGate): (...given: unknown[]) => unknown {
  const plain = client.query.bind(client);
  const transaction = { isOpen: false, wrote: '' };
  const send = async (args: readonly unknown[]): Promise<unknown> => {
    gate.refuseDead();
    const text = textOf(args[0]);
    const isWrite = writes.test(text);
    const verb = text.trimStart().slice(0, 8).toUpperCase();
    if (verb.startsWith('BEGIN')) Object.assign(transaction, { isOpen: true, wrote: '' });
    if (isWrite && transaction.wrote === '') transaction.wrote = titleOf(text);
    const ends = verb.startsWith('COMMIT') || verb.startsWith('ROLLBACK');
    const isMoment = verb.startsWith('COMMIT') ? transaction.wrote !== '' : isWrite && !transaction.isOpen;
    const title = transaction.wrote;
    if (ends || !transaction.isOpen) Object.assign(transaction, { isOpen: false, wrote: '' });
    const act = (): Promise<unknown> => Promise.resolve(plain(...args));
    const result = isMoment ? await gate.around(`${ends ? 'transaction' : 'statement'} ${title}`, act) : await act();
    gate.refuseDead();
    return result;
  };
  return (...given) => {
    const last = given.at(-1);
    if (!isCallback(last)) return send(given);
    send(given.slice(0, -1)).then(
      (result) => last(null, result),
      (error: unknown) => last(error),
    );
    return undefined;
  };
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : (named.safeParse(query).data?.text ?? '');
}

/** `UPDATE job`, for the list of the moments. */
function titleOf(text: string): string {
  const found = /\b(INSERT INTO|UPDATE|DELETE FROM)\s+(?:"public"\.)?"?(\w+)/i.exec(text);
  return `${found?.[1]?.toUpperCase() ?? 'WRITE'} ${found?.[2] ?? ''}`;
}
