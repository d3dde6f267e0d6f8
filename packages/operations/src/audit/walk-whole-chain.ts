import { addedFault, beginWalk, endWalk, unlinkedFault, walkChain } from '@flow/core/audit';
import type { ChainFault, ChainHead, KnownHead } from '@flow/core/audit';
import { findChainHead, findLinkBeyondEnd, findUnlinkedEntry, listLinks, sha256 } from '@flow/db/audit';
import type { Tx } from '@flow/db/client';

/** What a walk over a chain found. */
export interface ChainAnswer {
  /** The end of the chain when the walk began. */
  head: ChainHead;
  /** How far it held. */
  held: ChainHead;
  /** Entries that were looked at. */
  count: number;
  fault: ChainFault | null;
}

const linksAtOnce = 2_000;

/**
 * Walks over a chain from the given place to its end, against heads that were written down before. What is appended meanwhile is left to the next walk;
 * what is there already cannot change, so that no lock is needed.
 */
export async function walkWholeChain(
  reader: Tx,
  tenantId: string,
  walked: { from?: ChainHead; known: readonly KnownHead[]; signal?: AbortSignal },
): Promise<ChainAnswer> {
  const head = await findChainHead(reader, tenantId);
  const begun = beginWalk(tenantId, walked.from);
  let walk = begun;
  for (;;) {
    walked.signal?.throwIfAborted();
    const links = await listLinks(reader, tenantId, { seq: walk.seq, limit: linksAtOnce });
    const upToHead = links.filter((link) => link.seq <= head.seq);
    walk = walkChain(walk, upToHead, { known: walked.known, sha256 });
    if (walk.fault !== null || upToHead.length < linksAtOnce) break;
  }
  const fault = endWalk(walk, head, walked.known) ?? (await strayOf(reader, tenantId, head));
  return { head, held: { seq: walk.seq, hash: walk.hash }, count: walk.seq - begun.seq, fault };
}

/** What lies beside the chain. */
async function strayOf(reader: Tx, tenantId: string, head: ChainHead): Promise<ChainFault | null> {
  const beyond = await findLinkBeyondEnd(reader, tenantId);
  if (beyond !== null) return addedFault(beyond);
  const entry = await findUnlinkedEntry(reader, tenantId);
  return entry === null ? null : unlinkedFault(entry.id, head.seq);
}
