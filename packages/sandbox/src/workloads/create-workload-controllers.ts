import type { Controller, SandboxContext } from '../store/index.ts';
import { createDeploymentController } from './deployment/deployment-controller.ts';
import { createJobController } from './job/job-controller.ts';
import { createEventSweeper } from './objects/events.ts';
import { createReplicaSetController } from './replica-set/replica-set-controller.ts';
import { createServiceController } from './traffic/service-controller.ts';

/** The controllers that stand in for those of Kubernetes: Deployments, ReplicaSets, Jobs, Services with their traffic, and the end of old events. */
export function createWorkloadControllers(ctx: SandboxContext): Controller[] {
  return [
    createDeploymentController(ctx),
    createReplicaSetController(ctx),
    createJobController(ctx),
    createServiceController(ctx),
    createEventSweeper(ctx),
  ];
}
