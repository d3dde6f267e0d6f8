import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginWalk, endWalk, walkChain } from './index.ts';
import type { AuditEntry, AuditLink, ChainFault, ChainHead, ChainWalk, KnownHead } from './index.ts';
import { anEntry, chained } from './testing.ts';

const remembered = new Map<string, string>();
const sha256 = (text: string): string => {
  const found = remembered.get(text) ?? createHash('sha256').update(text, 'utf8').digest('hex');
  remembered.set(text, found);
  return found;
};
const headOf = (links: readonly AuditLink[]): ChainHead => links.at(-1) ?? { seq: 0, hash: '' };
const walked = (links: readonly AuditLink[], head: ChainHead, known: readonly KnownHead[] = []): ChainFault | null =>
  endWalk(walkChain(beginWalk('t1'), links, { known, sha256 }), head, known);

describe('a chain', () => {
  test('that nobody has touched holds, however it is walked', () => {
    const links = chained(
      Array.from({ length: 60 }, (_, index) => anEntry(index)),
      sha256,
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), 60];
        const walk = places.reduce<ChainWalk>(
          (before, place, index) => walkChain(before, links.slice(places[index - 1] ?? 0, place), { known: [], sha256 }),
          beginWalk('t1'),
        );
        expect(endWalk(walk, headOf(links), [])).toBeNull();
      }),
    );
  });

  test('of one tenant is none of another one, and an empty one holds', () => {
    const links = chained([anEntry(1)], sha256);
    expect(endWalk(walkChain(beginWalk('t2'), links, { known: [], sha256 }), headOf(links), [])).toMatchObject({ seq: 1 });
    const empty = beginWalk('t1');
    expect(endWalk(empty, { seq: 0, hash: empty.hash }, [])).toBeNull();
  });

  test.each<[string, Partial<AuditEntry>]>([
    ['id', { id: 'other' }],
    ['time', { at: new Date(1) }],
    ['actor', { actor: 'user:other' }],
    ['name', { actorName: 'Other' }],
    ['person behind a token', { onBehalfOf: 'user:other' }],
    ['door', { door: 'api' }],
    ['action', { action: 'other' }],
    ['subject', { subject: 'deployment:other' }],
    ['summary', { summary: 'Other' }],
    ['before', { before: {} }],
    ['after', { after: { number: 2 } }],
    ['request', { requestId: null }],
    ['address', { address: '192.0.2.2' }],
  ])('does not hold when the %s of an entry is changed', (_, change) => {
    const links = chained([anEntry(0), anEntry(1), anEntry(2)], sha256);
    const edited = links.map((link) => (link.seq === 2 ? { ...link, entry: { ...anEntry(1), ...change } } : link));
    expect(walked(edited, headOf(links))).toMatchObject({ kind: 'edited', seq: 2, entryId: 'e1' });
  });
});

const size = 20_000;
const everyLinks = 250;
const signedEvery = 1_000;

/** A way to tamper with a chain: what is there afterwards, and the first place that must be named. */
interface Tampering {
  links: readonly AuditLink[];
  head: ChainHead;
  firstBadSeq: number;
}

type Tamper = (links: readonly AuditLink[], at: number) => Tampering;

/** Ways that leave a mark in the chain itself. */
const marks: Readonly<Record<string, Tamper>> = {
  edit: (links, at) => ({
    links: links.map((link) =>
      link.seq === at && link.entry !== null ? { ...link, entry: { ...link.entry, summary: 'Nothing happened' } } : link,
    ),
    head: headOf(links),
    firstBadSeq: at,
  }),
  'edit with a hash of its own': (links, at) => {
    const before = links[at - 2] ?? beginWalk('t1');
    const [forged] = chained([anEntry(at - 1, { summary: 'Nothing happened' })], sha256, before);
    return {
      links: links.map((link) => (link.seq === at ? (forged ?? link) : link)),
      head: headOf(links),
      // The next entry no longer follows from it, unless it is an end itself: the last one, or one that was signed.
      firstBadSeq: at === links.length || at % signedEvery === 0 ? at : at + 1,
    };
  },
  delete: (links, at) => ({ links: links.filter((link) => link.seq !== at), head: headOf(links), firstBadSeq: at }),
  'delete the entry alone': (links, at) => ({
    links: links.map((link) => (link.seq === at ? { ...link, entry: null } : link)),
    head: headOf(links),
    firstBadSeq: at,
  }),
  'delete and close the gap': (links, at) => ({
    links: links.filter((link) => link.seq !== at).map((link) => (link.seq > at ? { ...link, seq: link.seq - 1 } : link)),
    head: headOf(links),
    firstBadSeq: at,
  }),
  insert: (links, at) => {
    const stranger = anEntry(size + at);
    const added = { seq: at, entryId: stranger.id, hash: sha256(`forged ${at}`), entry: stranger };
    return {
      links: [...links.slice(0, at - 1), added, ...links.slice(at - 1).map((link) => ({ ...link, seq: link.seq + 1 }))],
      head: headOf(links),
      firstBadSeq: at,
    };
  },
  reorder: (links, at) => {
    const [first, second] = [Math.min(at, links.length - 1), Math.min(at, links.length - 1) + 1];
    const swapped = (link: AuditLink): AuditLink => {
      const other = link.seq === first ? links[second - 1] : link.seq === second ? links[first - 1] : undefined;
      return other === undefined ? link : { ...link, entryId: other.entryId, entry: other.entry };
    };
    return { links: links.map(swapped), head: headOf(links), firstBadSeq: first };
  },
  'cut the tail': (links, at) => ({ links: links.slice(0, at - 1), head: headOf(links), firstBadSeq: at }),
};

/** Ways that leave a chain which holds in itself: only a signed end from before tells. */
const rewrites: Readonly<Record<string, Tamper>> = {
  'write anew from an edited entry on': (links, at) => {
    const kept = links.slice(0, at - 1);
    // As far as the next signed end: no walk comes past it.
    const entries = links.slice(at - 1, Math.ceil(at / signedEvery) * signedEvery).flatMap(({ entry }) => entry ?? []);
    const edited = entries.map((entry, index) => (index === 0 ? { ...entry, summary: 'Nothing happened' } : entry));
    const anew = [...kept, ...chained(edited, sha256, kept.at(-1) ?? beginWalk('t1'))];
    return { links: anew, head: headOf(anew), firstBadSeq: at };
  },
  'cut the tail and the end with it': (links, at) => ({
    links: links.slice(0, at - 1),
    head: headOf(links.slice(0, at - 1)),
    firstBadSeq: at,
  }),
};

describe('a thousand tamperings with a record of twenty thousand entries', () => {
  const links = chained(
    Array.from({ length: size }, (_, index) => anEntry(index)),
    sha256,
  );
  const known: KnownHead[] = links.filter((link) => link.seq % signedEvery === 0).map(({ seq, hash }) => ({ seq, hash, at: new Date(0) }));
  // A walk may go on from any place that is known to hold (tested above), so each tampering is walked from a place shortly before it.
  const before = (at: number): ChainHead => {
    const seq = Math.floor((at - 1) / everyLinks) * everyLinks;
    return links[seq - 1] ?? beginWalk('t1');
  };
  const found = ({ links: tampered, head }: Tampering, at: number): ChainFault | null => {
    const from = before(at);
    return endWalk(
      walkChain(
        beginWalk('t1', { seq: from.seq, hash: from.hash }),
        tampered.filter((link) => link.seq > from.seq),
        { known, sha256 },
      ),
      head,
      known,
    );
  };
  const places = fc.integer({ min: 1, max: size });
  /** Beginnings, ends, and places beside those that were signed. */
  const examples: [number][] = [1, 2, 999, 1_000, 1_001, 14_000, size - 1, size].map((at) => [at]);

  test.each(Object.entries(marks))('%s: found, with the first bad entry named', (_, tamper) => {
    fc.assert(
      fc.property(places, (at) => {
        const tampering = tamper(links, at);
        expect(found(tampering, at)?.seq).toBe(tampering.firstBadSeq);
      }),
      { numRuns: 118, examples },
    );
  });

  test.each(Object.entries(rewrites))('%s: found by a signed end from before', (_, tamper) => {
    fc.assert(
      fc.property(places, (at) => {
        const tampering = tamper(links, at);
        const fault = found(tampering, at);
        // Named is the first signed end that it contradicts, or the place from which on all is gone.
        expect(fault?.seq).toBe(fault?.kind === 'cut' ? at : Math.ceil(at / signedEvery) * signedEvery);
      }),
      { numRuns: 68, examples },
    );
  });
});
