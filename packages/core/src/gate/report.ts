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

const written = z.looseObject({
  source: z.string().trim().min(1).max(60).optional(),
  link: z.union([z.literal(''), z.httpUrl().max(500)]).default(''),
});
const linesMax = 20;

/** What a step of a run has found out. */
export interface WrittenEvidence {
  report: EvidenceReport;
  /** What found it, if it says so. */
  source: string | undefined;
  link: string;
}

/**
 * Reads what a step wrote of what it has found out: a report on each line, as JSON, with `source` and `link` if it likes. All of it counts or none: else what
 * is wrong, in which line.
 */
export function readWritten(text: string): { ok: true; evidence: WrittenEvidence[] } | { ok: false; fault: string } {
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ number: index + 1, line }]));
  if (lines.length > linesMax) return { ok: false, fault: `There are ${lines.length} lines, more than ${linesMax}` };
  const read = lines.map(({ number, line }) => ({ number, ...readLine(line) }));
  const wrong = read.find((one) => !one.ok);
  if (wrong?.ok === false) return { ok: false, fault: `Line ${wrong.number}${wrong.fault}` };
  return { ok: true, evidence: read.flatMap((one) => (one.ok ? [one.evidence] : [])) };
}

function readLine(line: string): { ok: true; evidence: WrittenEvidence } | { ok: false; fault: string } {
  const head = written.safeParse(parsedOf(line));
  if (!head.success) return faultOf(head.error);
  const { source, link, ...rest } = head.data;
  const report = evidenceReport.safeParse(rest);
  return report.success ? { ok: true, evidence: { report: report.data, source, link } } : faultOf(report.error);
}

function faultOf({ issues: [issue] }: z.ZodError): { ok: false; fault: string } {
  const place = issue?.path.join('.') ?? '';
  return { ok: false, fault: `${place === '' ? '' : `, ${place}`}: ${issue?.message ?? 'it is not a report'}` };
}

/** Undefined when it is not JSON. */
function parsedOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

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
