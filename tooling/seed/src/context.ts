import type { OperationContext } from '@flow/operations/context';
import type { Sealer } from '@flow/operations/secret';

/** What the parts of the seed share. */
export interface SeedContext {
  stateDir: string;
  publicUrl: string;
  kubeconfigPaths: readonly string[];
  sealer: Sealer;
  /** Operations are called as Flow itself, in a tenant. */
  operation(tenantId: string): OperationContext;
}

/** A cluster that the demo may use. */
export interface SeedCluster {
  id: string;
  region: string;
}

/** Id of the webhook that pushes to the demo repository call. */
export const demoWebhook = 'demo-checkout';
