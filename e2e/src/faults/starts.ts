import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import { testId, worldNow } from '@flow/operations/testing';
import { reconcileDeployments } from '@flow/worker/deployment';
import pino from 'pino';

const refuse = (): Promise<never> => Promise.reject(new FlowError({ code: 'upstream', message: 'Nothing is reached here' }));

/**
 * A worker that reconciles one deployment on the given connections, as its job would have it done. No cluster answers, so what starts stays where it is.
 */
export function tryToStart(db: Database, of: { tenantId: string; deploymentId: string }): Promise<unknown> {
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
