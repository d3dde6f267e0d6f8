import type { Right, Role } from './rights.ts';
import { rightsOfPlatformAdmin, rightsOfRole } from './rights.ts';

/**
 * Who acts.
 * - `person`: logged in with a session that was checked on this request.
 * - `system`: Flow itself, with the reason why it acts.
 * - `token`: a program with an access token, in one tenant, with what its scopes and its owner's role both allow.
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
      /** The role in each tenant that the person is a member of, by its id. */
      readonly roles: ReadonlyMap<string, Role>;
    }
  | {
      readonly kind: 'token';
      readonly tokenId: string;
      readonly name: string;
      readonly owner: { readonly userId: string; readonly name: string };
      readonly tenantId: string;
      readonly rights: readonly Right[];
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
    case 'token':
      return actor.tenantId === tenantId ? actor.rights : [];
    case 'person': {
      const role = actor.roles.get(tenantId);
      const asMember = role === undefined ? [] : rightsOfRole[role];
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

/** The person behind an act: whoever is logged in, or owns the token; null where there is none. What a token asked for, its owner asked for. */
export function userIdOf(actor: Actor): string | null {
  switch (actor.kind) {
    case 'person':
      return actor.userId;
    case 'token':
      return actor.owner.userId;
    case 'webhook':
    case 'system':
    case 'anonymous':
      return null;
  }
}

/** How the audit log names the actor: `user:<id>`, `token:<id>`, `system`, `webhook:<source>` or `anonymous`. */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `user:${actor.userId}`;
    case 'token':
      return `token:${actor.tokenId}`;
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
    case 'token':
      return `${actor.owner.name} by the token ${actor.name}`;
    case 'webhook':
      return 'A push to the repository';
    case 'system':
      return `Flow (${actor.reason})`;
    case 'anonymous':
      return 'Nobody';
  }
}
