import type { Database } from '@flow/db/client';
import type { OperationContext } from '@flow/operations/context';
import type { Logger } from 'pino';

/** The context in which the worker calls an operation: as Flow itself, with the reason that the audit log shows. */
export function systemContext(
  dependencies: { db: Database; log: Logger; now: () => Date; newId: () => string },
  tenantId: string,
  reason: string,
): OperationContext {
  return {
    actor: { kind: 'system', reason },
    tenantId,
    db: dependencies.db,
    now: dependencies.now(),
    newId: dependencies.newId,
    log: dependencies.log,
    requestId: null,
    address: null,
  };
}
