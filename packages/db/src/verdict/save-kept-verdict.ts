import { factsVersion, packFacts } from '@flow/core/rule';
import type { RuleFacts } from '@flow/core/rule';
import type { Said, Verdict } from '@flow/core/verdict';
import type { Tx } from '../client/index.ts';
import type { FindingSubject } from './save-findings.ts';

/** A verdict that had a consequence. */
export interface NewKeptVerdict extends FindingSubject {
  id: string;
  moment: 'started' | 'wave' | 'refused';
  result: Verdict['kind'];
  at: Date;
  facts: RuleFacts;
  said: readonly Said[];
}

/** Keeps the inputs and the result of a verdict as they were: what backtests run over. */
export async function saveKeptVerdict(tx: Tx, tenantId: string, record: NewKeptVerdict): Promise<void> {
  const { facts, said, ...row } = record;
  await tx.keptVerdict.create({
    data: {
      tenantId,
      ...row,
      ...packFacts(facts),
      factsVersion,
      said: said.map(({ source, policyId, revision, effect, isShadow }) => [source, policyId, revision, effect, isShadow]),
    },
  });
}

/** What can become of a deployment: it went well, it did not, it was gone back from later, or an incident of its service was tied to it. */
export type Outcome = 'succeeded' | 'failed' | 'rolledBack' | 'incident';

/** Says what became of a deployment, in all that is kept of its verdicts. What has proved bad is not called good again. */
export async function saveOutcome(
  tx: Tx,
  tenantId: string,
  { deploymentId, outcome, at }: { deploymentId: string; outcome: Outcome; at: Date },
): Promise<void> {
  await tx.keptVerdict.updateMany({
    where: { tenantId, deploymentId, OR: [{ outcome: null }, { outcome: 'succeeded' }] },
    data: { outcome, outcomeAt: at },
  });
}

/** Somebody goes back from what was started last in the place: it has proved bad. */
export async function saveGoneBackFrom(
  tx: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string; byDeploymentId: string; at: Date },
): Promise<void> {
  const { serviceId, environmentId, byDeploymentId, at } = place;
  const last = await tx.keptVerdict.findFirst({
    where: { tenantId, serviceId, environmentId, moment: 'started', at: { lte: at }, deploymentId: { not: byDeploymentId } },
    orderBy: { at: 'desc' },
    select: { deploymentId: true },
  });
  if (last?.deploymentId === undefined || last.deploymentId === null) return;
  await tx.keptVerdict.updateMany({
    where: { tenantId, deploymentId: last.deploymentId, OR: [{ outcome: null }, { outcome: 'succeeded' }] },
    data: { outcome: 'rolledBack', outcomeAt: at, outcomeOf: byDeploymentId },
  });
}

/** How long after its start an incident of its service is tied to a deployment, in milliseconds. */
export const tiedForMs = 24 * 60 * 60 * 1_000;

/** An incident of the service began: what was started last in each environment within the day before has proved bad. */
export async function saveIncidentOutcome(
  tx: Tx,
  tenantId: string,
  { serviceId, incidentId, at }: { serviceId: string; incidentId: string; at: Date },
): Promise<void> {
  const since = new Date(at.getTime() - tiedForMs);
  const newest = await tx.keptVerdict.findMany({
    where: { tenantId, serviceId, moment: 'started', at: { gte: since, lte: at } },
    orderBy: [{ environmentId: 'asc' }, { at: 'desc' }],
    distinct: ['environmentId'],
    select: { deploymentId: true },
  });
  const tied = newest.flatMap(({ deploymentId }) => deploymentId ?? []);
  await tx.keptVerdict.updateMany({
    where: { tenantId, deploymentId: { in: tied }, OR: [{ outcome: null }, { outcome: 'succeeded' }] },
    data: { outcome: 'incident', outcomeAt: at, outcomeOf: incidentId },
  });
}
