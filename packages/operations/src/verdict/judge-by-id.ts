import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets, findPreparedWorkload } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { notFound } from '../context/index.ts';
import { judgeDeployment } from './judge-deployment.ts';
import type { Judgement } from './judge-deployment.ts';

/** What the rules say of a deployment as it is now: inside a transaction, of what that transaction sees. */
export async function judgeById(
  reader: Tx,
  tenantId: string,
  about: { deploymentId: string; now: Date; isWhole?: boolean },
): Promise<Judgement> {
  const found = await findDeploymentWithTargets(reader, tenantId, about.deploymentId);
  if (found === null) throw notFound('deployment');
  const names = await findNames(reader, [found.requestedBy]);
  const workload = await findPreparedWorkload(reader, tenantId, found.id);
  const deployment = { ...found, requestedByName: names.get(found.requestedBy ?? '') ?? 'Flow', workload };
  return judgeDeployment(reader, tenantId, { deployment, now: about.now, isWhole: about.isWhole ?? false });
}
