import { canonicalJson } from '../configuration/index.ts';
import type { Actor } from '../rights/index.ts';

/** By which door someone came: a person in the portal, a program with a token, a signed delivery, or Flow by itself. */
export type Door = 'portal' | 'api' | 'webhook' | 'worker';

/** One row of the record: who did what to what, from where, and how it was before and after. */
export interface AuditEntry {
  tenantId: string;
  id: string;
  at: Date;
  /** `user:<id>`, `token:<id>`, `worker`, `system`, `webhook:<source>`. */
  actor: string;
  actorName: string;
  /** `user:<id>` of the person whose token it was; null where the actor acts for itself. */
  onBehalfOf: string | null;
  door: Door;
  /** `deployment.ask`, `approval.vote`, … */
  action: string;
  /** What it was done to: `deployment:<id>`. */
  subject: string;
  summary: string;
  /** The small fields that changed, or hashes of large ones; never a secret. Null where there is nothing to tell. */
  before: unknown;
  after: unknown;
  requestId: string | null;
  address: string | null;
}

/** Gives the hexadecimal SHA-256 of a UTF-8 text. */
export type Sha256 = (text: string) => string;

/** The hash over everything that the entry says, in its one JSON text: what its place in the chain is made from. */
export function digestOfEntry(entry: AuditEntry, sha256: Sha256): string {
  const { tenantId, id, actor, actorName, onBehalfOf, door, action, subject, summary, before, after, requestId, address } = entry;
  const named = { tenantId, id, at: entry.at.toISOString(), actor, actorName, onBehalfOf, door, action, subject, summary };
  return sha256(canonicalJson({ ...named, before: before ?? null, after: after ?? null, requestId, address }));
}

/** By which door this actor comes. */
export function doorOf(actor: Actor): Door {
  switch (actor.kind) {
    case 'person':
    case 'anonymous':
      return 'portal';
    case 'token':
      return 'api';
    case 'webhook':
      return 'webhook';
    case 'system':
      return 'worker';
  }
}
