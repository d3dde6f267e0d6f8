import { z } from 'zod';
import { describeExternal } from './external.ts';
import { evidence } from './gate.ts';
import type { Evidence } from './gate.ts';

const count = z.number().int().min(0).max(1_000_000);

/** What a program says that it has found out about an artifact. */
export const evidenceReport = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tests'), passed: count, failed: count }),
  z.strictObject({ kind: z.literal('coverage'), percent: z.number().min(0).max(100) }),
  z.strictObject({ kind: z.literal('scan'), critical: count, high: count }),
  z.strictObject({ kind: z.literal('nfr'), result: z.enum(['passed', 'failed', 'inconclusive']) }),
]);
export type EvidenceReport = z.infer<typeof evidenceReport>;

/** What is kept of every piece of evidence beside what was found. */
export interface EvidenceHead {
  id: string;
  digest: string;
  recordedAt: Date;
  expiresAt: Date | null;
  by: string;
}

/** A kept fact with its head, or null when it cannot be read any more: it then counts for nothing. */
export function readEvidence(head: EvidenceHead, kind: string, fact: unknown): Evidence | null {
  const parsed = z.record(z.string(), z.unknown()).safeParse(fact);
  return parsed.success ? (evidence.safeParse({ ...parsed.data, ...head, kind }).data ?? null) : null;
}

/** What evidence says, in a few words. */
export function describeEvidence(found: Evidence): string {
  switch (found.kind) {
    case 'stages':
      return Object.entries(found.stages)
        .map(([key, state]) => `${key} ${state}`)
        .join(', ');
    case 'tests':
      return `${found.passed} tests passed, ${found.failed} failed`;
    case 'coverage':
      return `${found.percent} % covered`;
    case 'scan':
      return `${found.critical} critical, ${found.high} high vulnerabilities`;
    case 'attestation':
      return `${found.predicateType}: ${found.verified ? 'verified' : 'not verified'}, ${found.detail}`;
    case 'nfr':
      return `Single Box ${found.result}`;
    case 'external':
      return describeExternal(found);
    case 'checklist':
      return `ticked: ${found.item}`;
  }
}
