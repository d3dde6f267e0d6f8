import type { Controller, SandboxContext } from '../store/index.ts';
import { createAnalysisController } from './controllers/analysis-controller.ts';
import { createExperimentController } from './controllers/experiment-controller.ts';
import { createRolloutController } from './controllers/rollout-controller.ts';

/** The controllers that stand in for argo-rollouts: Rollouts, AnalysisRuns and Experiments. They need the workload controllers beside them. */
export function createRolloutControllers(ctx: SandboxContext): Controller[] {
  return [createRolloutController(ctx), createAnalysisController(ctx), createExperimentController(ctx)];
}
