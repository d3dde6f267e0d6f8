import { tlsPath } from '../region/credentials.ts';
import type { Part, Rig } from './part.ts';

/** Plays the kubelet of the modelled nodes: their pods are ready at once. */
export function kwok({ region, programs, stageFiles }: Rig): Part {
  return {
    name: 'kwok',
    program: programs.kwok,
    args: [
      `--kubeconfig=${tlsPath(region, 'controllers.kubeconfig')}`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      ...stageFiles.map((file) => `--config=${file}`),
      `--server-address=${region.address}:10247`,
      '--node-lease-duration-seconds=40',
    ],
  };
}

/** Drives the canaries; its own limit of requests would be the wall when hundreds start at once. */
export function rolloutsController({ region, programs }: Rig): Part {
  return {
    name: 'rollouts-controller',
    program: programs['rollouts-controller'],
    args: [
      `--kubeconfig=${tlsPath(region, 'controllers.kubeconfig')}`,
      '--namespace=argo-rollouts',
      '--leader-elect=false',
      '--qps=400',
      '--burst=800',
      '--rollout-threads=50',
      `--metricsPort=${region.rolloutsPorts.metrics}`,
      `--healthzPort=${region.rolloutsPorts.health}`,
      '--loglevel=warn',
    ],
  };
}

/** Runs the pipelines. A step waits for a second between reactions instead of ten, and the limits are those for one busy shard. */
export function workflowController({ region, programs }: Rig): Part {
  return {
    name: 'workflow-controller',
    program: programs['workflow-controller'],
    args: [
      `--kubeconfig=${tlsPath(region, 'controllers.kubeconfig')}`,
      '--namespace=argo',
      '--configmap=workflow-controller-configmap',
      '--executor-image=argoexec:local',
      '--executor-image-pull-policy=IfNotPresent',
      '--workflow-workers=256',
      '--qps=200',
      '--burst=400',
      '--loglevel=warn',
    ],
    env: {
      LEADER_ELECTION_DISABLE: 'true',
      DEFAULT_REQUEUE_TIME: '1s',
      SKIP_WORKFLOW_DURATION_ESTIMATION: 'true',
      ARGO_POD_STATUS_CAPTURE_FINALIZER: 'true',
    },
  };
}
