import { z } from 'zod';
import type { Database } from '../client/index.ts';

/** A right to act alone on a thing until `expiresAt` (Postgres time); `epoch` grows with each new holder. */
export interface Lease {
  name: string;
  holder: string;
  epoch: number;
}

const acquire = `
  INSERT INTO lease (name, holder, epoch, expires_at) VALUES ($1, $2, 1, now() + ($3::int * interval '1 millisecond'))
  ON CONFLICT (name) DO UPDATE
  SET epoch = CASE WHEN lease.holder = EXCLUDED.holder AND lease.expires_at > now() THEN lease.epoch ELSE lease.epoch + 1 END,
      holder = EXCLUDED.holder, expires_at = EXCLUDED.expires_at
  WHERE lease.expires_at <= now() OR lease.holder = EXCLUDED.holder
  RETURNING epoch`;

/** Takes or renews the lease; undefined while another holder has it. */
export async function acquireLease(
  db: Database,
  request: { name: string; holder: string; durationMs: number },
): Promise<Lease | undefined> {
  const result = await db.pool.query({ name: 'lease-acquire', text: acquire, values: [request.name, request.holder, request.durationMs] });
  const found = z.object({ epoch: z.number() }).safeParse(result.rows[0]);
  return found.success ? { name: request.name, holder: request.holder, epoch: found.data.epoch } : undefined;
}

/** Gives the lease back, if it is still ours. */
export async function releaseLease(db: Database, lease: Lease): Promise<void> {
  await db.pool.query({
    name: 'lease-release',
    text: 'UPDATE lease SET expires_at = now() WHERE name = $1 AND holder = $2 AND epoch = $3',
    values: [lease.name, lease.holder, lease.epoch],
  });
}
