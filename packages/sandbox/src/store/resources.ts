import type { Resource } from './store.ts';

type Described = Pick<Resource, 'plural' | 'kind'> & Partial<Omit<Resource, 'plural' | 'kind'>>;

function inGroup(group: string, version: string, described: readonly Described[]): Resource[] {
  return described.map((one) => ({
    group,
    version,
    singular: one.kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    statusSubresource: false,
    categories: [],
    ...one,
  }));
}

/**
 * Every kind that a sandbox cluster serves. Status subresources are as the kinds' owners declare them:
 * Rollouts have one, Workflows, AnalysisRuns, Experiments and the templates have none.
 */
export const RESOURCES: readonly Resource[] = [
  ...inGroup('', 'v1', [
    { plural: 'namespaces', kind: 'Namespace', shortNames: ['ns'], namespaced: false, statusSubresource: true },
    { plural: 'nodes', kind: 'Node', shortNames: ['no'], namespaced: false, statusSubresource: true },
    { plural: 'pods', kind: 'Pod', shortNames: ['po'], statusSubresource: true, categories: ['all'] },
    { plural: 'services', kind: 'Service', shortNames: ['svc'], statusSubresource: true, categories: ['all'] },
    { plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] },
    { plural: 'secrets', kind: 'Secret' },
    { plural: 'serviceaccounts', kind: 'ServiceAccount', shortNames: ['sa'] },
    { plural: 'events', kind: 'Event', shortNames: ['ev'] },
    { plural: 'resourcequotas', kind: 'ResourceQuota', shortNames: ['quota'], statusSubresource: true },
    { plural: 'limitranges', kind: 'LimitRange', shortNames: ['limits'] },
  ]),
  ...inGroup('apps', 'v1', [
    { plural: 'deployments', kind: 'Deployment', shortNames: ['deploy'], statusSubresource: true, categories: ['all'] },
    { plural: 'replicasets', kind: 'ReplicaSet', shortNames: ['rs'], statusSubresource: true, categories: ['all'] },
  ]),
  ...inGroup('batch', 'v1', [{ plural: 'jobs', kind: 'Job', statusSubresource: true, categories: ['all'] }]),
  ...inGroup('policy', 'v1', [
    { plural: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', shortNames: ['pdb'], statusSubresource: true },
  ]),
  ...inGroup('networking.k8s.io', 'v1', [
    { plural: 'networkpolicies', kind: 'NetworkPolicy', shortNames: ['netpol'] },
    { plural: 'ingresses', kind: 'Ingress', shortNames: ['ing'], statusSubresource: true },
  ]),
  ...inGroup('autoscaling', 'v2', [
    {
      plural: 'horizontalpodautoscalers',
      kind: 'HorizontalPodAutoscaler',
      shortNames: ['hpa'],
      statusSubresource: true,
      categories: ['all'],
    },
  ]),
  ...inGroup('rbac.authorization.k8s.io', 'v1', [
    { plural: 'roles', kind: 'Role' },
    { plural: 'rolebindings', kind: 'RoleBinding' },
    { plural: 'clusterroles', kind: 'ClusterRole', namespaced: false },
    { plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false },
  ]),
  ...inGroup('coordination.k8s.io', 'v1', [{ plural: 'leases', kind: 'Lease' }]),
  ...inGroup('apiextensions.k8s.io', 'v1', [
    {
      plural: 'customresourcedefinitions',
      kind: 'CustomResourceDefinition',
      shortNames: ['crd', 'crds'],
      namespaced: false,
      statusSubresource: true,
      categories: ['api-extensions'],
    },
  ]),
  ...inGroup('argoproj.io', 'v1alpha1', [
    { plural: 'rollouts', kind: 'Rollout', shortNames: ['ro'], statusSubresource: true },
    { plural: 'analysisruns', kind: 'AnalysisRun', shortNames: ['ar'] },
    { plural: 'analysistemplates', kind: 'AnalysisTemplate', shortNames: ['at'] },
    { plural: 'clusteranalysistemplates', kind: 'ClusterAnalysisTemplate', shortNames: ['cat'], namespaced: false },
    { plural: 'experiments', kind: 'Experiment', shortNames: ['exp'] },
    { plural: 'workflows', kind: 'Workflow', shortNames: ['wf'] },
    { plural: 'workflowtemplates', kind: 'WorkflowTemplate', shortNames: ['wftmpl'] },
    { plural: 'cronworkflows', kind: 'CronWorkflow', shortNames: ['cwf', 'cronwf'] },
  ]),
];
