import type { ConfigurationSnapshot } from '@flow/core/deployment';
import type { Database } from '../client/index.ts';

export interface PreparedDeployment {
  tenantId: string;
  deploymentId: string;
  snapshot: ConfigurationSnapshot;
  snapshotHash: string;
  manifests: readonly { targetId: string; manifest: string; manifestHash: string; previous: string }[];
}

/** Keeps what was rendered and fixes the configuration that approvals are bound to. Safe to repeat: the same input gives the same rows. */
export async function savePreparation(db: Database, prepared: PreparedDeployment): Promise<void> {
  const { tenantId, deploymentId } = prepared;
  await db.prisma.$transaction([
    db.prisma.renderedManifest.deleteMany({ where: { tenantId, deploymentId } }),
    db.prisma.renderedManifest.createMany({ data: prepared.manifests.map((manifest) => ({ tenantId, deploymentId, ...manifest })) }),
    db.prisma.deployment.updateMany({
      where: { tenantId, id: deploymentId },
      data: { snapshot: prepared.snapshot, snapshotHash: prepared.snapshotHash },
    }),
  ]);
}

/** Keeps which release revision a target's deployment made, and which one it can go back to. */
export async function saveRelease(
  db: Database,
  target: { tenantId: string; id: string },
  release: { releaseRevision?: number; previousRevision?: number | null },
): Promise<void> {
  await db.prisma.targetDeployment.updateMany({ where: { tenantId: target.tenantId, id: target.id }, data: release });
}
