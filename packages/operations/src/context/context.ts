import { doorOf } from '@flow/core/audit';
import type { FrameType } from '@flow/core/stream';
import type { Actor } from '@flow/core/rights';
import { actorKey, actorName, can, isPlatformAdmin, userIdOf } from '@flow/core/rights';
import type { Right } from '@flow/core/rights';
import { FlowError } from '@flow/core/fault';
import { insertAuditEntry, platformTenantId } from '@flow/db/audit';
import type { NewAuditEntry } from '@flow/db/audit';
import type { Database, Tx } from '@flow/db/client';
import { appendEvents } from '@flow/db/events';

/** Where an operation says what went wrong or is worth knowing: structured fields first, then a sentence. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** All that an operation is given besides its input; passed by every door, never defaulted. */
export interface OperationContext {
  readonly actor: Actor;
  /** The tenant that is acted in, resolved by the door through the actor's membership; `platform` for what concerns the installation. */
  readonly tenantId: string;
  readonly db: Database;
  /** The time of the whole operation. */
  readonly now: Date;
  newId(): string;
  readonly log: Log;
  readonly requestId: string | null;
  readonly address: string | null;
}

/** A person who acts. */
export type Person = Extract<Actor, { kind: 'person' }>;

/** Refuses an actor without the right in the tenant of the context. */
export function requireRight(ctx: OperationContext, right: Right): void {
  if (can(ctx.actor, right, ctx.tenantId)) return;
  throw refusal(ctx.actor);
}

/** Refuses everyone who does not run the installation. Flow itself may. */
export function requirePlatformAdmin(ctx: OperationContext): void {
  if (isPlatformAdmin(ctx.actor) || ctx.actor.kind === 'system') return;
  throw refusal(ctx.actor);
}

/** Refuses everyone but Flow itself: for what the worker does on its own. */
export function requireSystem(ctx: OperationContext): void {
  if (ctx.actor.kind !== 'system') throw refusal(ctx.actor);
}

/** The logged-in person, or a refusal: for what no program may do. */
export function requirePerson(ctx: OperationContext): Person {
  if (ctx.actor.kind === 'person') return ctx.actor;
  throw refusal(ctx.actor);
}

/** The id of the person behind the act: logged in, or the owner of the token that is shown. */
export function requireUserId(ctx: OperationContext): string {
  const userId = userIdOf(ctx.actor);
  if (userId !== null) return userId;
  throw refusal(ctx.actor);
}

function refusal(actor: Actor): FlowError {
  if (actor.kind === 'anonymous') return new FlowError({ code: 'unauthenticated', message: 'Log in first' });
  if (actor.kind === 'token') return new FlowError({ code: 'forbidden', message: 'The scopes of this access token do not include this' });
  return new FlowError({ code: 'forbidden', message: 'Your role does not include this. A tenant admin can give you one that does' });
}

/** The refusal for what is not there and for what is in another tenant: the two are not told apart. */
export function notFound(what: string): FlowError {
  return new FlowError({ code: 'notFound', message: `There is no such ${what} here` });
}

export interface Change {
  /** Verb of the operation: `deployment.ask`. */
  action: string;
  /** What it was done to: `deployment:<id>`. */
  subject: string;
  summary: string;
  before?: NewAuditEntry['before'];
  after?: NewAuditEntry['after'];
  /** What live pages are told; none for changes that no page shows. */
  event?: { type: FrameType; topics: readonly string[]; data: Record<string, string | number | boolean | null> };
}

/** Writes the audit entry and the event of a change in its own transaction: the one way in which operations record. */
export async function recordChange(ctx: OperationContext, tx: Tx, change: Change): Promise<void> {
  const { event, ...entry } = change;
  const isPlatform = ctx.tenantId === platformTenantId;
  await insertAuditEntry(tx, ctx.tenantId, {
    id: ctx.newId(),
    at: ctx.now,
    actor: actorKey(ctx.actor),
    actorName: actorName(ctx.actor),
    onBehalfOf: ctx.actor.kind === 'token' ? `user:${ctx.actor.owner.userId}` : null,
    door: doorOf(ctx.actor),
    requestId: ctx.requestId,
    address: ctx.address,
    ...entry,
  });
  if (event === undefined || isPlatform) return;
  const topics = [...new Set([`tenant:${ctx.tenantId}`, ...event.topics])];
  await appendEvents(tx, [{ tenantId: ctx.tenantId, type: event.type, topics, data: event.data }]);
}

export { platformTenantId };
