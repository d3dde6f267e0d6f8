import type { ConfigurationSnapshot } from '@flow/core/deployment';
import type { Database, Tx } from '../client/index.ts';

export interface PreparedDeployment {
  tenantId: string;
  deploymentId: string;
  snapshot: ConfigurationSnapshot;
  snapshotHash: string;
  manifests: readonly { targetId: string; manifest: string; manifestHash: string; previous: string }[];
}

/** Keeps what was rendered and fixes the configuration that approvals are bound to, in the transaction that records the action which rendered it. */
export async function savePreparation(tx: Tx, prepared: PreparedDeployment): Promise<void> {
  const { tenantId, deploymentId } = prepared;
  await tx.renderedManifest.deleteMany({ where: { tenantId, deploymentId } });
  await tx.renderedManifest.createMany({ data: prepared.manifests.map((manifest) => ({ tenantId, deploymentId, ...manifest })) });
  await tx.deployment.updateMany({
    where: { tenantId, id: deploymentId },
    data: { snapshot: prepared.snapshot, snapshotHash: prepared.snapshotHash },
  });
}

/** Keeps which release revision a target's deployment made, and which one it can go back to. */
export async function saveRelease(
  db: Database,
  target: { tenantId: string; id: string },
  release: { releaseRevision?: number; previousRevision?: number | null },
): Promise<void> {
  await db.prisma.targetDeployment.updateMany({ where: { tenantId: target.tenantId, id: target.id }, data: release });
}
