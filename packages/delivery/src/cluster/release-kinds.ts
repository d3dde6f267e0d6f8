import { kinds, type ResourceKind } from './kinds.ts';

/** What a release may create. */
export const releaseKinds: readonly ResourceKind[] = [
  kinds.rollouts,
  kinds.analysisTemplates,
  kinds.services,
  kinds.serviceAccounts,
  kinds.configMaps,
  kinds.podDisruptionBudgets,
  kinds.horizontalPodAutoscalers,
  kinds.ingresses,
  kinds.networkPolicies,
  kinds.jobs,
  kinds.deployments,
];
