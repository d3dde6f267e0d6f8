import type { ExemptionKind, ExemptionState, ExemptionUse } from '@flow/core/exemption';
import type { Tx } from '../client/index.ts';
import type { PolicyKind } from '../policy/index.ts';

export interface NewExemption {
  id: string;
  policyId: string;
  policyKind: PolicyKind;
  policyTitle: string;
  isOfPlatform: boolean;
  serviceId: string;
  environmentId: string;
  digest: string | null;
  version: string | null;
  deploymentId: string | null;
  kind: ExemptionKind;
  use: ExemptionUse;
  reason: string;
  ticket: string;
  askedBy: string;
  askedByName: string;
  askedAt: Date;
  endsAt: Date;
}

/** Adds the wish for an exemption: it opens nothing until somebody else gives it. */
export async function insertWish(tx: Tx, tenantId: string, wish: NewExemption): Promise<void> {
  await tx.exemption.create({ data: { tenantId, ...wish, state: 'asked' satisfies ExemptionState } });
}

/** Adds an exemption that whoever asks takes at once, with the review that it leaves. */
export async function insertBreakGlass(
  tx: Tx,
  tenantId: string,
  taken: NewExemption & { approvalsRequired: number; reviewDueAt: Date },
): Promise<void> {
  const decided = { decidedBy: taken.askedBy, decidedByName: taken.askedByName, decidedAt: taken.askedAt };
  await tx.exemption.create({ data: { tenantId, ...taken, ...decided, state: 'granted' satisfies ExemptionState } });
}

export interface Answer {
  id: string;
  state: Extract<ExemptionState, 'granted' | 'refused'>;
  decidedBy: string;
  decidedByName: string;
  decidedAt: Date;
  decisionNote: string;
  approvalsRequired: number;
}

/** Answers a wish, once; never by whoever asked for it to be given. False when it is answered, has ended or was theirs. */
export async function answerWish(tx: Tx, tenantId: string, { id, ...answer }: Answer): Promise<boolean> {
  const byAnother = answer.state === 'granted' ? { askedBy: { not: answer.decidedBy }, endsAt: { gt: answer.decidedAt } } : {};
  const { count } = await tx.exemption.updateMany({ where: { tenantId, id, state: 'asked', ...byAnother }, data: answer });
  return count === 1;
}

/** Takes an exemption back that has neither been used nor ended. */
export async function withdrawExemption(tx: Tx, tenantId: string, { id, at }: { id: string; at: Date }): Promise<boolean> {
  const { count } = await tx.exemption.updateMany({
    where: { tenantId, id, state: { in: ['asked', 'granted'] }, usedAt: null, endsAt: { gt: at } },
    data: { state: 'withdrawn' satisfies ExemptionState, withdrawnAt: at },
  });
  return count === 1;
}

/**
 * Marks an exemption as used by a deployment that begins. The database decides, in this statement: of two deployments at once one opens it that opens once.
 * `already` where the deployment has used it before, as each further wave has.
 */
export async function claimExemption(
  tx: Tx,
  tenantId: string,
  claim: { id: string; deploymentId: string; at: Date },
): Promise<'claimed' | 'already' | 'lost'> {
  const { id, deploymentId, at } = claim;
  const before = await tx.exemptionUse.count({ where: { tenantId, exemptionId: id, deploymentId } });
  if (before > 0) return 'already';
  const opens = { tenantId, id, state: 'granted', endsAt: { gt: at } };
  const { count } = await tx.exemption.updateMany({
    where: { ...opens, use: 'once', usedBy: null },
    data: { usedBy: deploymentId, usedAt: at },
  });
  if (count === 0 && (await tx.exemption.count({ where: { ...opens, use: 'forTime' } })) === 0) return 'lost';
  await tx.exemptionUse.create({ data: { tenantId, exemptionId: id, deploymentId, usedAt: at } });
  return 'claimed';
}

/** Closes a review, once. */
export async function closeReview(
  tx: Tx,
  tenantId: string,
  closing: { id: string; reviewClosedAt: Date; reviewClosedByName: string; reviewNote: string },
): Promise<boolean> {
  const { id, ...closed } = closing;
  const { count } = await tx.exemption.updateMany({
    where: { tenantId, id, reviewDueAt: { not: null }, reviewClosedAt: null },
    data: closed,
  });
  return count === 1;
}
