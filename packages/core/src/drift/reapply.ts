import { z } from 'zod';

/** What became of the wish to apply again what was deployed. `asked`: a worker carries it out. `failed` says why, and a person may ask again. */
export const reapplyState = z.enum(['asked', 'done', 'failed']);
export type ReapplyState = z.infer<typeof reapplyState>;

const transitions = {
  asked: ['done', 'failed'],
  done: ['asked'],
  failed: ['asked'],
} as const satisfies Record<ReapplyState, readonly ReapplyState[]>;

/** True when the table has the edge. */
export function reapplyMayBecome(from: ReapplyState, to: ReapplyState): boolean {
  const edges: readonly ReapplyState[] = transitions[from];
  return edges.includes(to);
}
