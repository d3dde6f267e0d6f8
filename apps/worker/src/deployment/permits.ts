import { decide } from '@flow/core/deployment';
import type { Decision } from '@flow/core/deployment';
import { isWider } from '@flow/core/queue';
import type { Verdict } from '@flow/core/verdict';
import { claimApproval, holdContent } from '@flow/db/approval';
import type { Tx } from '@flow/db/client';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { lockForStart } from '@flow/db/governance';
import { claimExemptions } from '@flow/operations/exemption';
import type { Judgement } from '@flow/operations/verdict';
import { judge } from './judge.ts';
import { toSnapshot } from './to-snapshot.ts';

type Permit = (tx: Tx) => Promise<boolean>;

interface Asking {
  loaded: DeploymentForDecision;
  /** The time by the database. */
  timeIn: (tx: Tx) => Promise<Date>;
  newId: () => string;
}

/** The part of the plan that the decision lets begin: its first wave, a later one, or none. */
export function begunBy({ targets }: Decision, { deployment }: DeploymentForDecision): 'started' | 'wave' | null {
  const begins = targets.some(
    ({ id, state }) => state === 'applying' && deployment.targets.find((target) => target.id === id)?.state === 'pending',
  );
  if (!begins) return null;
  return deployment.startedAt === null ? 'started' : 'wave';
}

/** The judgement of the very moment in which a wave begins; before it was permitted that of a moment earlier. */
export interface Moment {
  judgement: Judgement;
  at: Date;
}

/**
 * Whether a wave may still begin, asked in the transaction that lets it begin: under the lock, by the time of the database, everything is loaded and
 * judged anew. So it never begins on a verdict that is not true any more, and of two starts that would go over a limit together one sees the other.
 * What was judged is left in `moment`.
 */
export function mayBeginWave({ loaded, timeIn, newId }: Asking, moment: Moment): Permit {
  return async (tx) => {
    const { reach } = moment.judgement;
    await lockForStart(tx, loaded.deployment.tenantId, reach);
    const at = await timeIn(tx);
    const fresh = await judge(tx, loaded, { now: at, isWhole: true });
    Object.assign(moment, { judgement: fresh, at });
    // A policy that looks further has come into force since: the lock must be a wider one.
    const mayBegin = !isWider(fresh.reach, reach) && begunBy(decide(toSnapshot(loaded, fresh), at), loaded) !== null;
    return mayBegin && (await claimContent(tx, { loaded, verdict: fresh.verdict, at, newId }));
  };
}

/**
 * Takes the content that was decided on for this start: it must still be that content, and where people are asked their request is marked as used, which
 * only an approved one can be, once. What it passes by exemptions uses these: one that opens once opens for one deployment.
 */
async function claimContent(
  tx: Tx,
  { loaded, verdict, at, newId }: { loaded: DeploymentForDecision; verdict: Verdict; at: Date; newId: () => string },
): Promise<boolean> {
  const { tenantId, id: deploymentId, snapshotHash: subjectHash, startedAt } = loaded.deployment;
  if (!(await holdContent(tx, tenantId, { deploymentId, subjectHash }))) return false;
  if (!(await claimExemptions(tx, tenantId, { deploymentId, exemptionIds: verdict.exemptionIds, at, newId }))) return false;
  const asksPeople = verdict.approvalsRequired > 0 || verdict.approvalPolicyIds.length > 0;
  const isClaimed = await claimApproval(tx, tenantId, { deploymentId, subjectHash, usedAt: at });
  return isClaimed || !asksPeople || startedAt !== null;
}

/** Whether Helm may be called for a target whose wave has begun, asked in the transaction that writes down that it will be: a freeze may have begun since. */
export function mayApply({ loaded, timeIn }: Omit<Asking, 'newId'>, target: { id: string }): Permit {
  return async (tx) => {
    await lockForStart(tx, loaded.deployment.tenantId, 'own');
    const at = await timeIn(tx);
    const decision = decide(toSnapshot(loaded, await judge(tx, loaded, { now: at })), at);
    return decision.effects.some((effect) => effect.kind === 'helmUpgrade' && effect.targetId === target.id);
  };
}
