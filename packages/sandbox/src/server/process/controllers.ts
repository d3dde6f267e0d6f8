import { createRolloutControllers } from '../../rollouts/index.ts';
import type { SandboxContext } from '../../store/context.ts';
import type { KubeObject } from '../../store/object.ts';
import type { PodLogs } from '../../store/pod-logs.ts';
import type { Controller } from '../../store/store.ts';
import { createWorkflowController, unsupportedInWorkflow } from '../../workflows/index.ts';
import type { Refusal } from '../admission/admission.ts';
import { createEventExpiry } from './expire-events.ts';

/** The controllers of a sandbox cluster. */
export function createControllers(context: SandboxContext): readonly Controller[] {
  return [createWorkflowController(context), ...createRolloutControllers(context), createEventExpiry(context)];
}

/** Where the logs of the pods are. */
export function createLogs(_stateDir: string): PodLogs | undefined {
  return undefined;
}

/** What the controllers cannot run, by kind. */
export const REFUSALS: Readonly<Record<string, Refusal>> = { Workflow: refusedInWorkflow, WorkflowTemplate: refusedInWorkflow };

function refusedInWorkflow(object: KubeObject): ReturnType<Refusal> {
  return unsupportedInWorkflow(object).map(({ path, message }) => ({
    field: path,
    message: `Forbidden: ${message}`,
    reason: 'FieldValueForbidden',
  }));
}
