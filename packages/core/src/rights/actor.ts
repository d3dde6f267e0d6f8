import type { Right, Role } from './rights.ts';
import { rightsOfPlatformAdmin, rightsOfRole } from './rights.ts';

/** A person's place in one tenant. */
export interface Membership {
  readonly tenantId: string;
  readonly role: Role;
}

/**
 * Who acts.
 * - `person`: logged in with a session that was checked on this request.
 * - `system`: Flow itself, with the reason why it acts.
 * - `webhook`: a signed delivery, in the tenant of its source only.
 * - `anonymous`: nobody; may do nothing that needs a right.
 */
export type Actor =
  | {
      readonly kind: 'person';
      readonly userId: string;
      readonly name: string;
      readonly sessionId: string;
      readonly isPlatformAdmin: boolean;
      readonly memberships: readonly Membership[];
    }
  | { readonly kind: 'system'; readonly reason: string }
  | { readonly kind: 'webhook'; readonly sourceId: string; readonly tenantId: string }
  | { readonly kind: 'anonymous' };

const rightsOfWebhook: readonly Right[] = ['run:start'];

/** All that the actor may do in the tenant; empty for someone who has no business there. */
export function rightsIn(actor: Actor, tenantId: string): readonly Right[] {
  switch (actor.kind) {
    case 'anonymous':
      return [];
    case 'system':
      return rightsOfRole.admin;
    case 'webhook':
      return actor.tenantId === tenantId ? rightsOfWebhook : [];
    case 'person': {
      const membership = actor.memberships.find((candidate) => candidate.tenantId === tenantId);
      const asMember = membership === undefined ? [] : rightsOfRole[membership.role];
      return actor.isPlatformAdmin ? [...new Set([...asMember, ...rightsOfPlatformAdmin])] : asMember;
    }
  }
}

/** Whether the actor has the right in the tenant. */
export function can(actor: Actor, needed: Right, tenantId: string): boolean {
  return rightsIn(actor, tenantId).includes(needed);
}

/** Whether the actor runs the installation. */
export function isPlatformAdmin(actor: Actor): boolean {
  return actor.kind === 'person' && actor.isPlatformAdmin;
}

/** How the audit log names the actor: `user:<id>`, `system`, `webhook:<source>` or `anonymous`. */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `user:${actor.userId}`;
    case 'webhook':
      return `webhook:${actor.sourceId}`;
    case 'system':
    case 'anonymous':
      return actor.kind;
  }
}

/** How people read who it was. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.name;
    case 'webhook':
      return 'A push to the repository';
    case 'system':
      return `Flow (${actor.reason})`;
    case 'anonymous':
      return 'Nobody';
  }
}
