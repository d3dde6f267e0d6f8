export { createWorkloadControllers } from './create-workload-controllers.ts';
export * from './objects/label-selector.ts';
export { createLevelController, type LevelControllerOptions, type Trigger } from './objects/level-controller.ts';
export { controlledBy, controllerOf, createOwnerIndex, type OwnerIndex } from './objects/owner-index.ts';
export { createReader } from './objects/parsed.ts';
export { recordEvent, type EventNote } from './objects/events.ts';
export { PORT_ANNOTATION, isActivePod, podPhase, processPort, readySinceMs } from './objects/pod.ts';
export { readTrafficQuery, trafficReport, type TrafficQuery, type TrafficReport } from './traffic/traffic-report.ts';
