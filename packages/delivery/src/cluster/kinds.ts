/** One resource of a Kubernetes API as it stands in addresses. `group` is empty for the core group. */
export interface ResourceKind {
  group: string;
  version: string;
  plural: string;
  kind: string;
}

const argo = (plural: string, kind: string): ResourceKind => ({ group: 'argoproj.io', version: 'v1alpha1', plural, kind });
const core = (plural: string, kind: string): ResourceKind => ({ group: '', version: 'v1', plural, kind });

/** `apps/v1`, then the plural and the kind. */
const named = (groupVersion: string, plural: string, kind: string): ResourceKind => {
  const [group = '', version = ''] = groupVersion.split('/');
  return { group, version, plural, kind };
};

/** The resources that Flow reads or writes. */
export const kinds = {
  rollouts: argo('rollouts', 'Rollout'),
  analysisRuns: argo('analysisruns', 'AnalysisRun'),
  analysisTemplates: argo('analysistemplates', 'AnalysisTemplate'),
  workflows: argo('workflows', 'Workflow'),
  workflowTaskResults: argo('workflowtaskresults', 'WorkflowTaskResult'),
  pods: core('pods', 'Pod'),
  services: core('services', 'Service'),
  serviceAccounts: core('serviceaccounts', 'ServiceAccount'),
  secrets: core('secrets', 'Secret'),
  configMaps: core('configmaps', 'ConfigMap'),
  events: core('events', 'Event'),
  namespaces: core('namespaces', 'Namespace'),
  resourceQuotas: core('resourcequotas', 'ResourceQuota'),
  persistentVolumeClaims: core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  replicaSets: named('apps/v1', 'replicasets', 'ReplicaSet'),
  deployments: named('apps/v1', 'deployments', 'Deployment'),
  jobs: named('batch/v1', 'jobs', 'Job'),
  podDisruptionBudgets: named('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  horizontalPodAutoscalers: named('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  ingresses: named('networking.k8s.io/v1', 'ingresses', 'Ingress'),
  networkPolicies: named('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy'),
  clusterRoles: named('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole'),
  roleBindings: named('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'),
  virtualMachines: named('kubevirt.io/v1', 'virtualmachines', 'VirtualMachine'),
} as const satisfies Record<string, ResourceKind>;

/** Names one object; `namespace` is left out for kinds that have none. */
export interface ObjectRef {
  kind: ResourceKind;
  namespace?: string;
  name: string;
  subresource?: 'status' | 'scale' | 'log';
}

/** The path of a list or an object. Names are encoded, so that none can reach another resource. */
export function pathOf(ref: Omit<ObjectRef, 'name'> & { name?: string }): string {
  const root = ref.kind.group === '' ? `/api/${ref.kind.version}` : `/apis/${ref.kind.group}/${ref.kind.version}`;
  const parts = [
    ...(ref.namespace === undefined ? [] : ['namespaces', ref.namespace]),
    ref.kind.plural,
    ...(ref.name === undefined ? [] : [ref.name]),
    ...(ref.subresource === undefined ? [] : [ref.subresource]),
  ];
  return `${root}/${parts.map(segment).join('/')}`;
}

// encodeURIComponent leaves dots, and a URL folds `.` and `..` segments away.
function segment(name: string): string {
  return /^\.+$/.test(name) || name === '' ? '%00' : encodeURIComponent(name);
}
