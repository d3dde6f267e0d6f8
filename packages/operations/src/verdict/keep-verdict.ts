import { isTerminal } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import { circleThrough, deploymentOf } from '@flow/core/queue';
import { changesOf, isUnchanged } from '@flow/core/verdict';
import type { OpenSaid, Said } from '@flow/core/verdict';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { wakePromotionsOf } from '@flow/db/promotion';
import {
  endFindings,
  listWaits,
  saveFindings,
  saveGoneBackFrom,
  saveOutcome,
  saveKeptVerdict,
  wakeAfterDeployment,
} from '@flow/db/verdict';
import type { FindingSubject } from '@flow/db/verdict';
import { wakeNext } from '../queue/wake-next.ts';
import type { Judgement } from './judge-deployment.ts';

/** A decision about a deployment, as far as something is kept of it. */
export interface KeptDecision {
  subject: FindingSubject & { deploymentId: string };
  kind: string;
  before: DeploymentState;
  after: DeploymentState;
  /** The part of the plan that begins with it; null when none does. */
  begins: 'started' | 'wave' | null;
  /** What was kept before and has not ended. */
  open: readonly OpenSaid[];
  /** In the transaction in which a wave begins the judgement of that very moment. */
  judgement: Judgement;
  at: Date;
  newId: () => string;
}

/** Whether there is anything to be written beside a decision that changes no state. */
export function hasNews({ open, judgement, after, begins }: Pick<KeptDecision, 'open' | 'judgement' | 'after' | 'begins'>): boolean {
  return begins !== null || !isUnchanged(changesOf(open, saidWhile(after, judgement)));
}

/** Something is said of a deployment while it waits: before its start, and between two waves. */
function saidWhile(state: DeploymentState, { said }: Judgement): readonly Said[] {
  return state === 'held' || state === 'awaitingApproval' || state === 'baking' ? said : [];
}

/**
 * Keeps what a decision rests on, in its transaction: what is said of a deployment that waits, from when to when; the inputs of the verdict by which a wave
 * begins; what became of it. Then wakes those who wait for just this: the next in line, those who wait for this deployment, and a circle that has closed.
 */
export async function keepVerdict(tx: Tx, tenantId: string, kept: KeptDecision): Promise<void> {
  const { subject, before, after, begins, at } = kept;
  const { deploymentId, serviceId } = subject;
  await keepSaid(tx, tenantId, kept);
  if (begins !== null) await keepBegin(tx, tenantId, { ...kept, begins });
  if (isTerminal(after) && after !== before) await keepEnd(tx, tenantId, kept);
  if (after === before && begins === null) return;
  await wakeAfterDeployment(tx, tenantId, { deploymentId, serviceId, at });
  await wakeNext(tx, tenantId, at);
  // After the deployments, as where a release is seen: two who wake the same do not wait for each other.
  if (isTerminal(after)) await wakePromotionsOf(tx, tenantId, { serviceId, at });
}

async function keepSaid(tx: Tx, tenantId: string, { subject, open, judgement, after, begins, at, newId }: KeptDecision): Promise<void> {
  // What was said in the moment of a start is kept too: what warned, and what is in shadow.
  const said = begins === null ? saidWhile(after, judgement) : judgement.said;
  const changes = changesOf(open, said);
  await saveFindings(tx, tenantId, { subject, changes, at, newId });
  if (begins !== null) return endFindings(tx, tenantId, { deploymentId: subject.deploymentId, at });
  if (changes.begun.length + changes.changed.length > 0)
    await wakeThoseInTheWay(tx, tenantId, { deploymentId: subject.deploymentId, said, at });
}

/** Who stands before it in a queue is looked at, in case it could go; and all in a circle that has closed, so that each tells of it. */
async function wakeThoseInTheWay(
  tx: Tx,
  tenantId: string,
  { deploymentId, said, at }: { deploymentId: string; said: readonly Said[]; at: Date },
): Promise<void> {
  if (said.some(({ policyId, isShadow }) => policyId === 'its-turn' && !isShadow)) await wakeNext(tx, tenantId, at);
  if (!said.some((one) => !one.isShadow && one.waitsFor.some((token) => deploymentOf(token) !== null))) return;
  const waits = await listWaits(tx, tenantId);
  const edges = waits.map((one) => ({ ...one, waitsFor: one.waitsFor.flatMap((token) => deploymentOf(token) ?? []) }));
  for (const key of (circleThrough(deploymentId, edges) ?? []).toSorted()) await wake(tx, { kind: 'deployment', key, tenantId, runAt: at });
}

async function keepBegin(tx: Tx, tenantId: string, kept: KeptDecision & { begins: 'started' | 'wave' }): Promise<void> {
  const { subject, judgement, begins, kind, at, newId } = kept;
  const { verdict, facts, said } = judgement;
  if (facts !== null)
    await saveKeptVerdict(tx, tenantId, { ...subject, id: newId(), moment: begins, result: verdict.kind, at, facts, said });
  if (begins !== 'started' || kind !== 'rollback') return;
  const { serviceId, environmentId, deploymentId: byDeploymentId } = subject;
  await saveGoneBackFrom(tx, tenantId, { serviceId, environmentId, byDeploymentId, at });
}

const outcomes = { succeeded: 'succeeded', failed: 'failed', rolledBack: 'rolledBack' } as const;

async function keepEnd(tx: Tx, tenantId: string, { subject: { deploymentId }, after, at }: KeptDecision): Promise<void> {
  if (after === 'succeeded' || after === 'failed' || after === 'rolledBack')
    await saveOutcome(tx, tenantId, { deploymentId, outcome: outcomes[after], at });
}
