import { FlowError } from '@flow/core/fault';
import { questionMayBecome } from '@flow/core/external-check';
import type { QuestionState } from '@flow/core/external-check';
import type { Tx } from '../client/index.ts';

export interface QuestionChange {
  id: string;
  from: QuestionState;
  to: QuestionState;
  attempts?: number;
  said?: string;
  nextAt?: Date | null;
  answerId?: string;
}

/** Writes the state of a question if it is still the one that was read: the one writer of it. */
export async function saveQuestionState(tx: Tx, tenantId: string, change: QuestionChange): Promise<boolean> {
  const { id, from, to, ...fields } = change;
  if (!questionMayBecome(from, to)) throw new FlowError({ code: 'internal', message: `A question cannot go from ${from} to ${to}` });
  const { count } = await tx.externalQuestion.updateMany({
    where: { tenantId, id, state: from },
    data: { state: to, ...fields, ...(to === 'replaced' ? { standsFor: null, nextAt: null } : {}) },
  });
  return count === 1;
}
