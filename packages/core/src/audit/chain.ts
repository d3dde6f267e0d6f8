import { digestOfEntry } from './entry.ts';
import type { AuditEntry, Sha256 } from './entry.ts';

/** What stands before the first entry of a chain. */
export const genesisHash = '0'.repeat(64);

/** One link of a chain: the place of an entry and the hash over it and all before it. */
export interface AuditLink {
  /** Place in the chain, from 1 up without a gap. */
  seq: number;
  /** Id of the entry that is linked here. */
  entryId: string;
  hash: string;
  /** The entry itself; null when it is gone. */
  entry: AuditEntry | null;
}

/** The newest place of a chain and its hash; seq 0 and the genesis hash for one without entries. */
export interface ChainHead {
  seq: number;
  hash: string;
}

/** A head that was written down elsewhere at an earlier time, and whose signature holds. */
export interface KnownHead extends ChainHead {
  at: Date | null;
}

/** The hash of a place: over the name of the chain, the place, the hash before it and the digest of the entry. The database computes the same when it appends. */
export function linkHash(link: { tenantId: string; seq: number; previous: string; digest: string }, sha256: Sha256): string {
  return sha256(['flow-audit-v1', link.tenantId, String(link.seq), link.previous, link.digest, ''].join('\n'));
}

/**
 * What is wrong with a chain; `seq` is the first place that does not hold.
 * - `missing`: the place, or its entry, is gone. `edited`: the entry says something else than when it was written, or stands in another place.
 * - `cut`: the end is gone. `added`: there is something beyond the end. `unlinked`: an entry that was never appended.
 * - `rewritten`: the chain holds in itself and contradicts a head that was written down before.
 */
export interface ChainFault {
  kind: 'missing' | 'edited' | 'cut' | 'added' | 'unlinked' | 'rewritten';
  seq: number;
  entryId: string | null;
  sentence: string;
}

/** How far a chain was walked: give it to `walkChain` with the links that follow. */
export interface ChainWalk {
  tenantId: string;
  seq: number;
  hash: string;
  fault: ChainFault | null;
}

/** A walk that has not begun, or one that goes on after a place whose hash is known to hold. */
export function beginWalk(tenantId: string, from: ChainHead = { seq: 0, hash: genesisHash }): ChainWalk {
  return { tenantId, ...from, fault: null };
}

/** Goes on over links in the order of their places, up to the first one that does not hold. `known` are heads that were written down before. */
export function walkChain(
  walk: ChainWalk,
  links: readonly AuditLink[],
  against: { known: readonly KnownHead[]; sha256: Sha256 },
): ChainWalk {
  let { seq, hash } = walk;
  if (walk.fault !== null) return walk;
  const known = new Map(against.known.map((head) => [head.seq, head]));
  for (const link of links) {
    const fault = faultOfLink(link, { tenantId: walk.tenantId, seq, hash }, against.sha256);
    if (fault !== null) return { ...walk, seq, hash, fault };
    ({ seq, hash } = link);
    const before = known.get(seq);
    if (before !== undefined && before.hash !== hash) return { ...walk, seq, hash, fault: rewritten(before) };
  }
  return { ...walk, seq, hash };
}

/** Ends a walk at the head that the database names, or at the farthest that was known: nothing may be missing before it. */
export function endWalk(walk: ChainWalk, head: ChainHead, known: readonly KnownHead[]): ChainFault | null {
  if (walk.fault !== null) return walk.fault;
  const newest = Math.max(head.seq, ...known.map((one) => one.seq));
  if (walk.seq < newest)
    return fault(
      'cut',
      { seq: walk.seq + 1, entryId: null },
      `Entry ${walk.seq + 1} and all after it are gone: the chain was known to reach ${newest}`,
    );
  return walk.hash === head.hash
    ? null
    : fault('rewritten', { seq: head.seq, entryId: null }, `The end of the chain at ${head.seq} is not what it was written down to be`);
}

/** The fault of an entry that was put behind the end of the chain. */
export function addedFault({ seq, entryId }: { seq: number; entryId: string }): ChainFault {
  return fault('added', { seq, entryId }, `Entry ${seq} (${entryId}) lies beyond the end of the chain: it was put there by hand`);
}

/** The fault of an entry that lies in the record and in no chain. */
export function unlinkedFault(entryId: string, seq: number): ChainFault {
  return fault('unlinked', { seq, entryId }, `The entry ${entryId} was never appended: it was put into the table by hand`);
}

function faultOfLink(link: AuditLink, before: { tenantId: string; seq: number; hash: string }, sha256: Sha256): ChainFault | null {
  const seq = before.seq + 1;
  const { entry, entryId } = link;
  if (link.seq > seq) return fault('missing', { seq, entryId: null }, `Entry ${seq} is gone`);
  if (link.seq < seq) return fault('added', { seq: link.seq, entryId }, `There are two entries at ${link.seq}`);
  if (entry === null) return fault('missing', { seq, entryId }, `Entry ${seq} (${entryId}) is gone`);
  const digest = digestOfEntry(entry, sha256);
  if (linkHash({ tenantId: before.tenantId, seq, previous: before.hash, digest }, sha256) === link.hash) return null;
  return fault('edited', { seq, entryId }, `Entry ${seq} (${entryId}) is not what was written, or is not in its place`);
}

function rewritten({ seq, at }: KnownHead): ChainFault {
  const when = at === null ? 'before' : `at ${at.toISOString()}`;
  return fault(
    'rewritten',
    { seq, entryId: null },
    `Entry ${seq}, or one before it, is not what was signed ${when}: the chain was written anew`,
  );
}

function fault(kind: ChainFault['kind'], place: Pick<ChainFault, 'seq' | 'entryId'>, sentence: string): ChainFault {
  return { kind, ...place, sentence };
}
