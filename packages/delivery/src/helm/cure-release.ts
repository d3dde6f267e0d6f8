import { FlowError } from '@flow/core/fault';
import { kinds, type ClusterClient } from '../cluster/index.ts';
import type { CallOptions, Helm, ReleaseRef } from './create-helm.ts';
import { readHistory, type ReleaseStatus } from './release.ts';

export type Cure =
  | { outcome: 'notPending' }
  /** No good revision ever ran: the half-made release was removed. */
  | { outcome: 'removed' }
  | { outcome: 'rolledBack'; toRevision: number };

const good: ReadonlySet<ReleaseStatus> = new Set<ReleaseStatus>(['deployed', 'superseded']);

/**
 * Cures a release that a killed helm left pending: back to its newest good revision, or away with it when there is none.
 * Only the holder of the release's lease may call it, since a pending release is also what a helm at work looks like.
 * (A plain `helm rollback` would go to the revision before, even a failed one.)
 */
export async function cureRelease(tools: { helm: Helm; client: ClusterClient }, ref: ReleaseRef & CallOptions): Promise<Cure> {
  const history = await readHistory(tools.client, ref);
  const newest = history.at(-1);
  if (newest === undefined || !(newest.status.startsWith('pending-') || newest.status === 'uninstalling')) return { outcome: 'notPending' };
  const target = history.findLast((revision) => good.has(revision.status));
  if (target === undefined || newest.status === 'uninstalling') {
    await tools.helm.uninstall(ref);
    return { outcome: 'removed' };
  }
  await tools.helm.rollback({ ...ref, revision: target.revision });
  return { outcome: 'rolledBack', toRevision: target.revision };
}

/**
 * Forgets a rollback that a killed helm left pending, so that it can be made again. Helm changes a Rollout only by what differs between the newest recorded
 * manifest and the wanted one: after a record of the rollback itself nothing differs, and a Rollout that was not changed yet would never be.
 * Only the holder of the release's lease may call it.
 */
export async function forgetPendingRollback(client: ClusterClient, ref: ReleaseRef): Promise<void> {
  const newest = (await readHistory(client, ref)).at(-1);
  if (newest?.status !== 'pending-rollback') return;
  const name = `sh.helm.release.v1.${ref.name}.v${newest.revision}`;
  const deleted = await client.delete({ kind: kinds.secrets, namespace: ref.namespace, name });
  if (!deleted.ok && deleted.reason !== 'NotFound') throw new FlowError({ code: 'upstream', owner: 'cluster', message: deleted.message });
}
