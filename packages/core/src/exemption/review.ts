import { maxExemptionMs } from './exemption.ts';
import type { ExemptionKind } from './exemption.ts';

/** What a break-glass leaves behind. It stays open until somebody who had no part in it has looked at it. */
export interface Review {
  /** User ids of those who took it, deployed by it or approved that: none of them may close it. */
  involved: readonly string[];
  closedAt: Date | null;
}

/** By when a review is to be closed, in milliseconds from the taking on. */
export const reviewWithinMs = 48 * 60 * 60 * 1_000;

/** Whether this person may close the review, or why not. */
export function mayCloseReview(review: Review, userId: string): { ok: true } | { ok: false; reason: string } {
  if (review.closedAt !== null) return { ok: false, reason: 'The review is closed already' };
  if (review.involved.includes(userId)) return { ok: false, reason: 'You took part in it, so someone else must look at it' };
  return { ok: true };
}

export interface ExemptionNeeds {
  /** How many people must say yes to the deployment before the exemption holds. */
  approvals: number;
  /** The longest that it may last, in milliseconds. */
  maxMs: number;
  /** What it needs, as people read it. */
  sentence: string;
}

/** Open reviews of the tenant above which no further break-glass is given. */
export const maxOpenReviews = 5;

/**
 * What the next exemption needs. A break-glass holds at once and is looked at afterwards, a planned one when somebody else has given it; each review that
 * is still open asks for one more person beforehand. Null when too many are open for a break-glass: close them first.
 */
export function needsOfNext(kind: ExemptionKind, openReviewCount: number): ExemptionNeeds | null {
  if (kind === 'breakGlass' && openReviewCount >= maxOpenReviews) return null;
  const approvals = Math.min(openReviewCount, 20);
  const first =
    kind === 'breakGlass'
      ? 'Someone else must review it afterwards, within two days'
      : 'Someone else who may give exemptions must give it first';
  return { approvals, maxMs: maxExemptionMs[kind], sentence: approvals === 0 ? first : `${first}. ${asksFor(openReviewCount)}` };
}

function asksFor(openReviewCount: number): string {
  return openReviewCount === 1
    ? 'One earlier review is open, so one person must approve the deployment'
    : `${openReviewCount} earlier reviews are open, so ${Math.min(openReviewCount, 20)} people must approve the deployment`;
}
