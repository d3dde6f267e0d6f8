import { z } from 'zod';
import type { ClusterCheck } from './check.ts';

export const clusterHealth = z.enum([
  /** Not tested yet. */
  'unknown',
  /** It can be reached, and nothing is missing. */
  'healthy',
  /** It can be reached, and something that Flow needs is missing. */
  'degraded',
  /** It does not answer, or does not let Flow in. */
  'unreachable',
]);
export type ClusterHealth = z.infer<typeof clusterHealth>;

/** The health of a cluster that answers, from what its last test found; null when it was never tested. The reason names the first thing that is missing. */
export function healthOf(checks: readonly ClusterCheck[] | null): { health: ClusterHealth; healthReason: string | null } {
  if (checks === null) return { health: 'unknown', healthReason: null };
  const missing = checks.filter((check) => check.state === 'missing');
  const [first] = missing;
  if (first === undefined) return { health: 'healthy', healthReason: null };
  const more = missing.length === 1 ? '' : `, and ${missing.length - 1} more`;
  return { health: 'degraded', healthReason: `Missing: ${first.subject} (${first.found})${more}` };
}
