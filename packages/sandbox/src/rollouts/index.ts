export { createRolloutControllers } from './create-rollout-controllers.ts';
export {
  unsupportedInAnalysisRun,
  unsupportedInAnalysisTemplate,
  unsupportedInExperiment,
  unsupportedInRollout,
  type Unsupported,
} from './unsupported.ts';
