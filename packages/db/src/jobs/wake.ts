import { traceparent } from '@flow/telemetry/trace';
import type { Tx } from '../client/index.ts';

/** What there is to reconcile. The key names the thing within its kind. */
export const jobKinds = [
  'deployment',
  'run',
  'logs',
  'webhook',
  'clusterHealth',
  'engineAction',
  'approvalExpiry',
  'notification',
  'delivery',
  'externalCheck',
  'promotion',
  'auditCheck',
  'retention',
  'wayBack',
  'driftScan',
  'driftReapply',
  'catchUp',
] as const;
export type JobKind = (typeof jobKinds)[number];

export interface Wake {
  kind: JobKind;
  key: string;
  tenantId: string | null;
  /** Not before; an earlier time that is already set stays. */
  runAt: Date;
}

/**
 * Makes a thing due, once, however often it is called: reconcilers look at the whole state, so one run serves many wakes.
 * The generation grows, so that a wake during a run is seen when that run ends. The newest trace that woke it is the one that its next run belongs to.
 */
export async function wake(tx: Tx, job: Wake): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts, traceparent)
    VALUES (${job.kind}, ${job.key}, ${job.tenantId}, ${job.runAt}, 1, 0, ${traceparent()})
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        traceparent = COALESCE(EXCLUDED.traceparent, job.traceparent),
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}
