import { createKubelet, createPodLogs } from '../../pods/index.ts';
import {
  createRolloutControllers,
  unsupportedInAnalysisRun,
  unsupportedInAnalysisTemplate,
  unsupportedInExperiment,
  unsupportedInRollout,
} from '../../rollouts/index.ts';
import type { SandboxContext } from '../../store/context.ts';
import type { KubeObject } from '../../store/object.ts';
import type { PodLogs } from '../../store/pod-logs.ts';
import type { Controller } from '../../store/store.ts';
import { createWorkflowController, unsupportedInWorkflow } from '../../workflows/index.ts';
import { createWorkloadControllers, readTrafficQuery, trafficReport } from '../../workloads/index.ts';
import type { Refusal } from '../admission/admission.ts';

/** The controllers of a sandbox cluster. */
export function createControllers(context: SandboxContext): readonly Controller[] {
  return [
    createWorkflowController(context),
    ...createRolloutControllers(context),
    ...createWorkloadControllers(context),
    createKubelet(context),
  ];
}

/** Where the logs of the pods are. */
export function createLogs(stateDir: string): PodLogs {
  return createPodLogs(stateDir);
}

/** Answers `/sandbox/traffic`. */
export function createTraffic(context: SandboxContext): (query: URLSearchParams) => object | string | undefined {
  return (query) => {
    const asked = readTrafficQuery(query);
    return typeof asked === 'string' ? asked : trafficReport(context, asked);
  };
}

/** What the controllers cannot run, by kind. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  Workflow: refusing(unsupportedInWorkflow),
  WorkflowTemplate: refusing(unsupportedInWorkflow),
  Rollout: refusing(unsupportedInRollout),
  AnalysisRun: refusing(unsupportedInAnalysisRun),
  AnalysisTemplate: refusing(unsupportedInAnalysisTemplate),
  ClusterAnalysisTemplate: refusing(unsupportedInAnalysisTemplate),
  Experiment: refusing(unsupportedInExperiment),
};

function refusing(find: (object: KubeObject) => readonly { path: string; message: string }[]): Refusal {
  return (object) =>
    find(object).map(({ path, message }) => ({
      field: path,
      message: `Forbidden: ${withoutPath(message, path)}`,
      reason: 'FieldValueForbidden',
    }));
}

/** The path stands before the message already. */
function withoutPath(message: string, path: string): string {
  return message.startsWith(`${path} `) ? message.slice(path.length + 1) : message;
}
