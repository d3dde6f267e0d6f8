import { z } from 'zod';
import type { AuditLink, ChainHead } from './chain.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { SignedCheckpoint } from './checkpoint.ts';

/** What an export says of itself in its first line. */
export interface ExportHeader {
  tenantId: string;
  /** The end of the chain when the export began. */
  head: ChainHead;
  at: Date;
  /** What was asked for; empty for the whole record, which alone can be checked as a chain. */
  filter: Readonly<Record<string, string>>;
}

/** First line of an export as JSON lines. */
export function exportHeaderLine({ tenantId, head, at, filter }: ExportHeader): string {
  return `${JSON.stringify({ export: 'flow-audit-v1', tenantId, head, at, filter })}\n`;
}

/** One entry in its place. */
export function exportLine({ seq, hash, entryId, entry }: AuditLink): string {
  return `${JSON.stringify({ seq, hash, entryId, entry })}\n`;
}

/** A signed end of the chain, at the end of the export. */
export function exportCheckpointLine(note: string): string {
  return `${JSON.stringify({ checkpoint: note })}\n`;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime().transform((text) => new Date(text));
const entry = z.strictObject({
  tenantId: z.string(),
  id: z.string(),
  at: instant,
  actor: z.string(),
  actorName: z.string(),
  onBehalfOf: z.string().nullable(),
  door: z.enum(['portal', 'api', 'webhook', 'worker']),
  action: z.string(),
  subject: z.string(),
  summary: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
});
const line = z.union([
  z
    .strictObject({
      export: z.literal('flow-audit-v1'),
      tenantId: z.string(),
      head: z.strictObject({ seq: z.number().int(), hash }),
      at: instant,
      filter: z.record(z.string(), z.string()),
    })
    .transform(({ export: _name, ...header }) => ({ kind: 'header' as const, header })),
  z
    .strictObject({ seq: z.number().int().positive(), hash, entryId: z.string(), entry: entry.nullable() })
    .transform((link): { kind: 'link'; link: AuditLink } => ({ kind: 'link', link })),
  z.strictObject({ checkpoint: z.string() }).transform(({ checkpoint: note }, ctx): { kind: 'checkpoint'; signed: SignedCheckpoint } => {
    const signed = readCheckpoint(note);
    if (signed !== null) return { kind: 'checkpoint', signed };
    ctx.addIssue('this is no checkpoint');
    return z.NEVER;
  }),
]);
export type ExportLine = z.output<typeof line>;

/** Reads one line of an export; null for what is none. */
export function readExportLine(text: string): ExportLine | null {
  try {
    return line.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
