import { z } from 'zod';

/** Annotation of a workflow's pod: what the kubelet does besides running the command. */
export const TASK_ANNOTATION = 'sandbox.flow.dev/task';
/** Annotation that the kubelet leaves on a workflow's pod when it has ended: its outputs. */
export const OUTPUTS_ANNOTATION = 'workflows.argoproj.io/outputs';
/** Annotation that asks the kubelet to end a pod's process; the pod and its log stay. */
export const TERMINATE_ANNOTATION = 'sandbox.flow.dev/terminate';
/** Label of a pod that belongs to a workflow. */
export const WORKFLOW_LABEL = 'workflows.argoproj.io/workflow';

const outputParameter = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.looseObject({ path: z.string().optional(), default: z.string().optional() }).optional(),
});

const stepTask = z.object({
  /** Source of a script template: it is written to a file, whose path is the last argument of the command. */
  script: z.string().optional(),
  /** Parameters that are read from files when the command has ended well. */
  outputs: z.array(outputParameter),
  /** Keep what the command writes to its standard output as `outputs.result`. */
  captureResult: z.boolean(),
});
export type StepTask = z.infer<typeof stepTask>;

const stepOutputs = z.object({
  parameters: z.array(outputParameter).optional(),
  result: z.string().optional(),
  exitCode: z.string().optional(),
});
export type StepOutputs = z.infer<typeof stepOutputs>;

/** Reads the task of a workflow's pod. Throws when the annotation is not what the workflow controller writes. */
export function parseStepTask(annotation: string): StepTask {
  return stepTask.parse(JSON.parse(annotation));
}

/** Reads the outputs that the kubelet left on a pod. Throws when they are not what it writes. */
export function parseStepOutputs(annotation: string): StepOutputs {
  return stepOutputs.parse(JSON.parse(annotation));
}
