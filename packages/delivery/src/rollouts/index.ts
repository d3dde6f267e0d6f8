export * from './actions.ts';
export * from './effective-phase.ts';
export * from './project-analysis-run.ts';
export * from './project-pod.ts';
export * from './project-rollout.ts';
export * from './steps.ts';
