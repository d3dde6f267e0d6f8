import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import { testId, worldNow } from '@flow/operations/testing';
import { reconcileDeployments } from '@flow/worker/deployment';
import pino from 'pino';

const refuse = (): Promise<never> => Promise.reject(new FlowError({ code: 'upstream', message: 'Nothing is reached here' }));

/** So often a job is tried here when the database was too slow for it. */
const attemptsMax = 5;

/**
 * A worker that reconciles one deployment on the given connections, as its job would have it done: what fails because the database is too slow is tried
 * again. No cluster answers, so what starts stays where it is.
 */
export async function tryToStart(db: Database, of: { tenantId: string; deploymentId: string }): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await reconcileOn(db, of);
      return;
    } catch (error) {
      if (error instanceof FlowError || attempt === attemptsMax) throw error;
    }
  }
}

function reconcileOn(db: Database, of: { tenantId: string; deploymentId: string }): Promise<unknown> {
  const reconcile = reconcileDeployments({
    db,
    clusters: { open: refuse, refresh: refuse, [Symbol.asyncDispose]: () => Promise.resolve() },
    announcer: { announce: () => undefined, close: () => Promise.resolve() },
    log: pino({ level: 'silent' }),
    now: () => worldNow,
    timeIn: () => Promise.resolve(worldNow),
    newId: () => testId('id'),
    git: { readCommit: refuse, writeFolder: refuse, readOwners: refuse },
    stateDir: '/nowhere',
    holder: testId('holder'),
  });
  const job = { kind: 'deployment', key: of.deploymentId, tenantId: of.tenantId, generation: 1, attempts: 0 } as const;
  return reconcile(job, new AbortController().signal);
}
