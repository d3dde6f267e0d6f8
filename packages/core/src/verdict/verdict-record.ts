import type { Verdict } from './verdict.ts';

/** A verdict as the record keeps it: what was answered, and by whose reasons. */
export interface VerdictRecord {
  kind: Verdict['kind'];
  approvalsRequired: number;
  reasons: { source: string; id: string; effect: string; sentence: string }[];
}

const reasonsMax = 50;

/** What is kept of a verdict that had a consequence. Notes are kept too: they say why something was let through. */
export function recordOfVerdict({ kind, approvalsRequired, reasons }: Verdict): VerdictRecord {
  const kept = reasons.slice(0, reasonsMax).map(({ source, id, effect, sentence }) => ({ source, id, effect, sentence }));
  return { kind, approvalsRequired, reasons: kept };
}
