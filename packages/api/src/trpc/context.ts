import type { Actor } from '@flow/core/rights';
import { platformTenantId } from '@flow/operations/context';
import type { Log, OperationContext } from '@flow/operations/context';
import type { Sealer } from '@flow/operations/secret';
import type { SessionVerifier, VerifiedSession } from '@flow/operations/session';

/** What the web process opens once and gives to every request. */
export interface ApiServices {
  db: OperationContext['db'];
  sessions: SessionVerifier;
  sealer: Sealer;
  now(): Date;
  newId(): string;
  log: Log;
}

/** What the door knows of one request. */
export interface RequestFacts {
  /** Session token from the cookie or the bearer header; null when there is none. */
  token: string | null;
  requestId: string;
  /** Address of the caller as the configured trusted hop says; null when unknown. */
  address: string | null;
  userAgent: string | null;
}

/** The context of a procedure: who asks, and what an operation needs. */
export interface ApiContext {
  services: ApiServices;
  session: VerifiedSession | null;
  actor: Actor;
  request: RequestFacts;
  /** The operation context in a tenant; without one, for what concerns the installation or the person alone. */
  operationIn(tenantId?: string): OperationContext;
}

/** Makes the context of one request. A session that cannot be verified is nobody; a failing check fails the request, it never passes. */
export async function createContext(services: ApiServices, request: RequestFacts): Promise<ApiContext> {
  const session = request.token === null ? null : await services.sessions.verify(request.token);
  const actor: Actor = session?.actor ?? { kind: 'anonymous' };
  return {
    services,
    session,
    actor,
    request,
    operationIn: (tenantId = platformTenantId) => ({
      actor,
      tenantId,
      db: services.db,
      now: services.now(),
      newId: () => services.newId(),
      log: services.log,
      requestId: request.requestId,
      address: request.address,
    }),
  };
}
