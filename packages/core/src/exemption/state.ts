import { z } from 'zod';
import type { Right } from '../rights/index.ts';
import type { ExemptionKind } from './exemption.ts';
import { mayCloseReview } from './review.ts';

/**
 * How far an exemption is; only `asked` has ways on besides `granted` to `withdrawn`.
 * - `asked`: somebody wants it, nobody else has answered. `granted`: it opens until it is used or ends.
 * - `refused`: somebody said no. `withdrawn`: taken back before its end.
 */
export const exemptionState = z.enum(['asked', 'granted', 'refused', 'withdrawn']);
export type ExemptionState = z.infer<typeof exemptionState>;

export const exemptionAction = z.enum(['grant', 'refuse', 'withdraw', 'closeReview']);
export type ExemptionAction = z.infer<typeof exemptionAction>;

/** An exemption as far as it matters who may do what with it. */
export interface ExemptionStanding {
  state: ExemptionState;
  kind: ExemptionKind;
  askedBy: string;
  endsAt: Date;
  /** When it opened once and is spent. */
  usedAt: Date | null;
  /** Of a policy of the platform: only whoever runs the installation gives these. */
  isOfPlatform: boolean;
  involved: readonly string[];
  reviewClosedAt: Date | null;
}

export interface ExemptionActor {
  userId: string;
  rights: readonly Right[];
  isPlatformAdmin: boolean;
}

export interface ExemptionAbility {
  action: ExemptionAction;
  allowed: boolean;
  why: string;
}

/** What this person may do with the exemption now, with the reason where they may not: buttons and the server read the same. */
export function exemptionAbilities(found: ExemptionStanding, actor: ExemptionActor, now: Date): readonly ExemptionAbility[] {
  const whys = {
    grant: whyNotGrant(found, actor, now),
    refuse: whyNotRefuse(found, actor),
    withdraw: whyNotWithdraw(found, actor, now),
    closeReview: whyNotClose(found, actor),
  } satisfies Record<ExemptionAction, string>;
  return exemptionAction.options.map((action) => ({ action, allowed: whys[action] === '', why: whys[action] }));
}

/** Why this person may not give exemptions from such a policy; empty when they may. */
export function whyNotGive({ isOfPlatform }: { isOfPlatform: boolean }, actor: ExemptionActor): string {
  if (isOfPlatform)
    return actor.isPlatformAdmin ? '' : 'The platform has put it in force for everyone: only a platform admin exempts from it';
  return actor.rights.includes('exemption:grant') ? '' : 'Release managers and admins give exemptions';
}

function whyNotGrant(found: ExemptionStanding, actor: ExemptionActor, now: Date): string {
  if (found.state !== 'asked') return 'It is answered already';
  if (found.endsAt <= now) return 'Its time is over: it must be asked for anew';
  const why = whyNotGive(found, actor);
  if (why !== '') return why;
  return found.askedBy === actor.userId ? 'You have asked for it, so someone else must give it' : '';
}

function whyNotRefuse(found: ExemptionStanding, actor: ExemptionActor): string {
  if (found.state !== 'asked') return 'It is answered already';
  return whyNotGive(found, actor);
}

function whyNotWithdraw({ state, usedAt, endsAt, askedBy, ...found }: ExemptionStanding, actor: ExemptionActor, now: Date): string {
  if (state !== 'asked' && state !== 'granted') return 'It is over already';
  if (usedAt !== null) return 'It has been used';
  if (endsAt <= now) return 'It has ended already';
  if (askedBy === actor.userId) return '';
  return whyNotGive(found, actor);
}

function whyNotClose({ kind, involved, reviewClosedAt, isOfPlatform }: ExemptionStanding, actor: ExemptionActor): string {
  if (kind !== 'breakGlass') return 'A planned exemption leaves no review';
  const why = whyNotGive({ isOfPlatform }, actor);
  if (why !== '') return why;
  const answer = mayCloseReview({ involved, closedAt: reviewClosedAt }, actor.userId);
  return answer.ok ? '' : answer.reason;
}
