export { createWorkflowController, type WorkflowControllerOptions } from './create-workflow-controller.ts';
export { unsupportedInWorkflow } from './unsupported.ts';
