import type { Exemption } from './exemption.ts';

/** What a break-glass leaves behind. It stays open until somebody who had no part in it has looked at it. */
export interface Review {
  exemptionId: string;
  deploymentId: string;
  /** User ids of those who took or approved it: none of them may close it. */
  involved: readonly string[];
  openedAt: Date;
  closedAt: Date | null;
}

/** The review that a break-glass opens; a planned exemption opens none. */
export function reviewOf(found: Exemption, involved: readonly string[]): Review | null {
  if (found.kind === 'planned') return null;
  const people = [...new Set([found.grantedBy.userId, ...involved])];
  return { exemptionId: found.id, deploymentId: found.deploymentId, involved: people, openedAt: found.grantedAt, closedAt: null };
}

/** Whether this person may close the review, or why not. */
export function mayCloseReview(review: Review, userId: string): { ok: true } | { ok: false; reason: string } {
  if (review.closedAt !== null) return { ok: false, reason: 'The review is closed already' };
  if (review.involved.includes(userId)) return { ok: false, reason: 'You took part in it, so someone else must look at it' };
  return { ok: true };
}

export interface BreakGlassNeeds {
  /** How many people must say yes in all before it holds. */
  approvals: number;
  /** The second person may look at it afterwards. */
  secondPersonAfterwards: boolean;
  sentence: string;
}

/** Open reviews of the tenant above which no further break-glass is given. */
export const maxOpenReviews = 5;

/**
 * What the next break-glass needs: the first may go at once and is looked at afterwards; each review that is still open asks for one more person
 * beforehand. Null when too many are open: close them first.
 */
export function breakGlassNeeds(openReviewCount: number): BreakGlassNeeds | null {
  if (openReviewCount >= maxOpenReviews) return null;
  if (openReviewCount === 0)
    return { approvals: 0, secondPersonAfterwards: true, sentence: 'It holds at once; someone else must review it afterwards' };
  const people = openReviewCount === 1 ? '1 person' : `${openReviewCount} people`;
  const reviews = openReviewCount === 1 ? '1 earlier review is' : `${openReviewCount} earlier reviews are`;
  return { approvals: openReviewCount, secondPersonAfterwards: false, sentence: `${reviews} open, so ${people} must say yes beforehand` };
}
