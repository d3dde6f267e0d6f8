import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { beginWalk, endWalk, readExportLine, walkChain } from '@flow/core/audit';
import type { AuditLink, ChainFault, ChainWalk, Checkpoint, ExportHeader, ExportLine } from '@flow/core/audit';
import type { CheckpointVerifier } from '@flow/operations/audit';
import { NotLookedAt } from './settings.ts';

/** What was found of one chain. */
export interface Found {
  tenantId: string;
  /** How many entries hold, up to the first that does not. */
  heldCount: number;
  signedCount: number;
  fault: ChainFault | null;
}

const linksAtOnce = 1_000;
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

interface Against {
  /** Signed ends that were kept elsewhere. */
  kept: readonly Checkpoint[];
  verifier: CheckpointVerifier | null;
}

/** How far an export has been read. */
interface Reading {
  header: ExportHeader | null;
  walk: ChainWalk;
  /** Links that are still to be walked over. */
  waiting: AuditLink[];
  /** Hash at each place: the signed ends of an export stand at its end, and are compared then. */
  hashes: Map<number, string>;
  signed: Checkpoint[];
}

/** Walks over the lines of an export. The signed ends in it count as far as the key has signed them. */
export async function verifyExport(file: string, against: Against): Promise<Found> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  const reading: Reading = { header: null, walk: beginWalk(''), waiting: [], hashes: new Map(), signed: [] };
  let number = 0;
  for await (const text of lines) {
    number += 1;
    const line = readExportLine(text);
    if (line === null) throw new NotLookedAt(`Line ${number} of ${file} is no line of an export`);
    take(reading, line, { file, ...against });
    if (reading.waiting.length >= linksAtOnce) settle(reading, against);
  }
  settle(reading, against);
  return conclude(reading, { file, ...against });
}

function take(reading: Reading, line: ExportLine, { file, verifier }: Against & { file: string }): void {
  switch (line.kind) {
    case 'header':
      reading.header = refuseFiltered(line.header, file);
      reading.walk = beginWalk(line.header.tenantId);
      return;
    case 'link':
      reading.waiting.push(line.link);
      reading.hashes.set(line.link.seq, line.link.hash);
      return;
    case 'checkpoint': {
      const { checkpoint } = line.signed;
      if (checkpoint.tenantId === reading.header?.tenantId && verifier?.holds(line.signed) === true) reading.signed.push(checkpoint);
    }
  }
}

function settle(reading: Reading, { kept }: Against): void {
  const known = kept.filter((one) => one.tenantId === reading.header?.tenantId);
  reading.walk = walkChain(reading.walk, reading.waiting, { known, sha256 });
  reading.waiting = [];
}

function conclude({ header, walk, hashes, signed }: Reading, { file, kept }: Against & { file: string }): Found {
  if (header === null) throw new NotLookedAt(`${file} is no export: it has no first line`);
  const known = kept.filter((one) => one.tenantId === header.tenantId);
  const contradicted = signed.find((one) => one.seq <= walk.seq && hashes.get(one.seq) !== one.hash);
  const fault = endWalk(walk, header.head, known) ?? (contradicted === undefined ? null : rewritten(contradicted));
  return { tenantId: header.tenantId, heldCount: walk.seq, signedCount: signed.length + known.length, fault };
}

function refuseFiltered(header: ExportHeader, file: string): ExportHeader {
  if (Object.keys(header.filter).length === 0) return header;
  throw new NotLookedAt(`${file} holds a part of the record: only an export without filters is a whole chain`);
}

function rewritten({ seq }: Checkpoint): ChainFault {
  return {
    kind: 'rewritten',
    seq,
    entryId: null,
    sentence: `Entry ${seq}, or one before it, is not what was signed: the chain was written anew`,
  };
}
