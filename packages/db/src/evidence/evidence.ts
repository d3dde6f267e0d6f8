import { readEvidence } from '@flow/core/gate';
import type { Evidence } from '@flow/core/gate';
import type { Tx } from '../client/index.ts';
import type { Prisma } from '../generated/client.ts';

/** Evidence as it is shown: what was found, by what, who said so, and where all of it can be read. */
export interface EvidenceRow {
  found: Evidence;
  source: string;
  link: string;
  recordedBy: string;
}

export interface NewEvidence {
  id: string;
  /** Empty for what is about a run. */
  digest: string;
  runId: string | null;
  kind: Evidence['kind'];
  fact: Prisma.InputJsonObject;
  source: string;
  link: string;
  recordedAt: Date;
  recordedBy: string;
  recordedByName: string;
  expiresAt: Date | null;
  /** Of an attestation: what was handed in, and the key that has signed it. */
  signed?: { original: string; keyId: string } | undefined;
}

/** Adds evidence. It is never changed afterwards; newer evidence stands before it. */
export async function insertEvidence(tx: Tx, tenantId: string, { signed, ...added }: NewEvidence): Promise<void> {
  await tx.evidence.create({ data: { tenantId, ...added, ...signed } });
}

/** The most that is looked at of one artifact: enough for a year of nightly scans. */
const maxRows = 1_000;

/** What was said of an artifact, or of the run that built it, newest first. What was taken back is left out. */
export async function listEvidence(reader: Tx, tenantId: string, of: { digest: string; runId: string | null }): Promise<EvidenceRow[]> {
  const { digest, runId } = of;
  const rows = await reader.evidence.findMany({
    where: { tenantId, withdrawnAt: null, OR: [{ digest }, ...(runId === null ? [] : [{ runId }])] },
    select: {
      id: true,
      kind: true,
      fact: true,
      source: true,
      link: true,
      recordedAt: true,
      recordedBy: true,
      recordedByName: true,
      expiresAt: true,
    },
    orderBy: [{ recordedAt: 'desc' }, { id: 'desc' }],
    take: maxRows,
  });
  return rows.flatMap(({ id, kind, fact, source, link, recordedAt, recordedBy, recordedByName, expiresAt }) => {
    const by = source === '' ? recordedByName : `${source}, by ${recordedByName}`;
    const found = readEvidence({ id, digest, recordedAt, expiresAt, by: by.slice(0, 100) }, kind, fact);
    return found === null ? [] : [{ found, source, link, recordedBy }];
  });
}

/** Takes a tick of a checklist back. False when it was not ticked. */
export async function withdrawTick(
  tx: Tx,
  tenantId: string,
  tick: { digest: string; checkKey: string; item: string; at: Date },
): Promise<boolean> {
  const { digest, checkKey, item, at } = tick;
  const { count } = await tx.evidence.updateMany({
    where: { tenantId, digest, kind: 'checklist', withdrawnAt: null, fact: { equals: { checkKey, item } } },
    data: { withdrawnAt: at },
  });
  return count > 0;
}

/** The newest artifact of the tenant with this digest; null when none has it. */
export async function findArtifactOfDigest(
  reader: Tx,
  tenantId: string,
  digest: string,
): Promise<{ id: string; serviceId: string; digest: string } | null> {
  return reader.artifact.findFirst({
    where: { tenantId, digest },
    select: { id: true, serviceId: true, digest: true },
    orderBy: { createdAt: 'desc' },
  });
}
