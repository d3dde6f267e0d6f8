import type { Controller, SandboxContext } from '../store/index.ts';
import { createDeploymentController } from './deployment/deployment-controller.ts';
import { createJobController } from './job/job-controller.ts';
import { createEventSweeper } from './objects/events.ts';
import { createReplicaSetController } from './replica-set/replica-set-controller.ts';
import { createServiceController } from './traffic/service-controller.ts';

export * from './objects/label-selector.ts';
export { createLevelController, type LevelControllerOptions, type Trigger } from './objects/level-controller.ts';
export { controlledBy, controllerOf, createOwnerIndex, type OwnerIndex } from './objects/owner-index.ts';
export { createReader } from './objects/parsed.ts';
export { recordEvent, type EventNote } from './objects/events.ts';
export { PORT_ANNOTATION, isActivePod, podPhase, processPort, readySinceMs } from './objects/pod.ts';
export { readTrafficQuery, trafficReport, type TrafficQuery, type TrafficReport } from './traffic/traffic-report.ts';

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
