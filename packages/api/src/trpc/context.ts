import type { Actor } from '@flow/core/rights';
import type { TenantRow } from '@flow/db/tenancy';
import type { AllowedPlaces } from '@flow/delivery/outbound';
import { platformTenantId } from '@flow/operations/context';
import type { Log, OperationContext } from '@flow/operations/context';
import type { CheckpointVerifier } from '@flow/operations/audit';
import type { Sealer } from '@flow/operations/secret';
import type { SessionVerifier, VerifiedSession } from '@flow/operations/session';
import { isApiToken, verifyApiToken } from '@flow/operations/token';
import type { RateLimiter } from '../limit/index.ts';

/** What is counted of the API, by whoever runs the process. */
export interface ApiMeasures {
  /** A call of a procedure begins; the returned function is told `OK` or tRPC's code of its refusal. */
  callBegins(call: { procedure: string; kind: string }): (outcome: string) => void;
  /** The hub read an event so long after it was written. */
  eventRead(lagMs: number): void;
  /** Where to look, whenever somebody asks, how many pages are open. */
  countViewers(count: () => number): void;
}

/** What the web process opens once and gives to every request. */
export interface ApiServices {
  db: OperationContext['db'];
  sessions: SessionVerifier;
  sealer: Sealer;
  /** Tells the signed ends of the audit record from others; null without FLOW_AUDIT_KEY. */
  checkpoints: CheckpointVerifier | null;
  rates: RateLimiter;
  measures: Pick<ApiMeasures, 'callBegins'>;
  /** What may be called although it is not on the internet. */
  outboundAllowed: AllowedPlaces;
  now(): Date;
  newId(): string;
  log: Log;
}

/** What the door knows of one request. */
export interface RequestFacts {
  /** Session token from the cookie, or access token from the bearer header; null when there is none. */
  token: string | null;
  requestId: string;
  /** Address of the caller as the configured trusted hop says; null when unknown. */
  address: string | null;
  userAgent: string | null;
}

/** The context of a procedure: who asks, and what an operation needs. */
export interface ApiContext {
  services: ApiServices;
  /** Of a person who is logged in; a program with an access token has none. */
  session: VerifiedSession | null;
  actor: Actor;
  /** The tenants that the actor belongs to. */
  tenants: readonly TenantRow[];
  request: RequestFacts;
  /** The operation context in a tenant; without one, for what concerns the installation or the person alone. */
  operationIn(tenantId?: string): OperationContext;
}

/** Makes the context of one request. A token that cannot be verified is nobody; a failing check fails the request, it never passes. */
export async function createContext(services: ApiServices, request: RequestFacts): Promise<ApiContext> {
  const { session, actor, tenants } = await whoAsks(services, request.token);
  return {
    services,
    session,
    actor,
    tenants,
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

async function whoAsks(services: ApiServices, token: string | null): Promise<Pick<ApiContext, 'session' | 'actor' | 'tenants'>> {
  const nobody = { session: null, actor: { kind: 'anonymous' }, tenants: [] } as const;
  if (token === null) return nobody;
  if (isApiToken(token)) {
    const verified = await verifyApiToken(services.db, token, services.now());
    return verified === null ? nobody : { session: null, actor: verified.actor, tenants: [verified.tenant] };
  }
  const session = await services.sessions.verify(token);
  return session === null ? nobody : { session, actor: session.actor, tenants: session.tenants };
}
