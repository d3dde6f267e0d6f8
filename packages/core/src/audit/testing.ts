import { digestOfEntry } from './entry.ts';
import { genesisHash, linkHash } from './chain.ts';
import type { AuditLink } from './chain.ts';
import type { AuditEntry, Sha256 } from './entry.ts';

/** An entry of the tenant `t1`; the number makes it differ from others. */
export function anEntry(number: number, over: Partial<AuditEntry> = {}): AuditEntry {
  return {
    tenantId: 't1',
    id: `e${number}`,
    at: new Date(Date.UTC(2026, 2, 1) + number * 1_000),
    actor: `user:u${number % 7}`,
    actorName: `Person ${number % 7}`,
    onBehalfOf: null,
    door: 'portal',
    action: 'deployment.ask',
    subject: `deployment:d${number}`,
    summary: `Asked for deploying Checkout ${number}`,
    before: null,
    after: { number, digest: `sha256:${number}` },
    requestId: `r${number}`,
    address: '192.0.2.1',
    ...over,
  };
}

/** Chains entries as the database does, after the given link. */
export function chained(entries: readonly AuditEntry[], sha256: Sha256, after = { seq: 0, hash: genesisHash }): AuditLink[] {
  let { seq, hash } = after;
  return entries.map((entry) => {
    seq += 1;
    hash = linkHash({ tenantId: entry.tenantId, seq, previous: hash, digest: digestOfEntry(entry, sha256) }, sha256);
    return { seq, hash, entryId: entry.id, entry };
  });
}
