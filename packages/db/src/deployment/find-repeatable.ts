import { configurationSnapshot, deploymentState } from '@flow/core/deployment';
import type { ConfigurationSnapshot, DeploymentState } from '@flow/core/deployment';
import type { Tx } from '../client/index.ts';

/** A deployment as far as it can be taken again. */
export interface Repeatable {
  id: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  state: DeploymentState;
  createdAt: Date;
  version: string;
  digest: string;
  builtAt: Date;
  /** Null when it was never prepared. */
  snapshot: ConfigurationSnapshot | null;
}

const select = {
  id: true,
  serviceId: true,
  environmentId: true,
  artifactId: true,
  state: true,
  createdAt: true,
  snapshot: true,
  artifact: { select: { version: true, digest: true, createdAt: true } },
} as const;

/** What an earlier deployment was made of; null when there is none of that id. */
export async function findRepeatable(reader: Tx, tenantId: string, id: string): Promise<Repeatable | null> {
  const row = await reader.deployment.findUnique({ where: { tenantId_id: { tenantId, id } }, select });
  if (row === null) return null;
  const { artifact, snapshot, ...rest } = row;
  return {
    ...rest,
    state: deploymentState.parse(rest.state),
    version: artifact.version,
    digest: artifact.digest,
    builtAt: artifact.createdAt,
    snapshot: configurationSnapshot.safeParse(snapshot).data ?? null,
  };
}
