import type { ClusterPurpose } from '@flow/core/cluster';
import type { OperationContext } from '@flow/operations/context';
import type { Sealer } from '@flow/operations/secret';

/** What the parts of the seed share. */
export interface SeedContext {
  stateDir: string;
  publicUrl: string;
  /** Of the sandbox, one for each cluster. */
  sandboxKubeconfigs: readonly string[];
  /** Of other clusters, one for each context, in place of the sandbox; null for the sandbox. */
  kubeconfigPath: string | null;
  /** The demo repository as a step of a pipeline clones it. */
  repositoryUrl: string;
  /** What measures canaries; null for the sandbox itself. */
  measurementsUrl: string | null;
  sealer: Sealer;
  /** The time of this start. */
  startedAt: Date;
  /** Operations are called as Flow itself, in a tenant; now unless another time is given. */
  operation(tenantId: string, now?: Date): OperationContext;
}

/** A cluster that the demo may use. */
export interface SeedCluster {
  id: string;
  region: string;
  purposes: readonly ClusterPurpose[];
}

/** Id of the webhook that pushes to the demo repository call. */
export const demoWebhook = 'demo-checkout';
