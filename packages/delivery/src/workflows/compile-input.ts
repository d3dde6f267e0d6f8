import { z } from 'zod';

const key = z
  .string()
  .max(40)
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes');
const labelValue = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/, 'not a label value');
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable');
/** A shell cannot hold a zero byte; everything else is carried as it is. */
const text = z
  .string()
  .max(100_000)
  .refine((value) => !value.includes('\0'), 'a zero byte cannot be handed to a program');
/** Image references are the only text of a person that stands in the Workflow as it is, so nothing that Argo would substitute fits in. */
const image = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'not an image reference');

/** One program: either `script` (shell) or `command`. */
export const stepInput = z
  .strictObject({
    key,
    needs: z.array(key),
    image,
    script: text.nullable(),
    command: z.array(text).nullable(),
    env: z.record(variable, text),
    retries: z.number().int().min(0).max(10),
    timeoutSeconds: z.number().int().positive(),
    /** Names of outputs: the step writes each into the file of that name in `$FLOW_OUTPUT_DIR`. */
    outputs: z.array(key).default([]),
  })
  .refine((step) => (step.script === null) !== (step.command === null), { error: 'give either script or command', path: ['script'] });
export type StepInput = z.infer<typeof stepInput>;

/** A stage as the compiler takes it. Deploy and approval stages are gates, with the names of the outputs that they are settled with. */
export const stageInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('steps'), key, needs: z.array(key), steps: z.array(stepInput).min(1) }),
  /** Its step writes the digest to `$FLOW_DIGEST_FILE`, and a version, if it has one, to `$FLOW_VERSION_FILE`. */
  z.strictObject({ kind: z.literal('publish'), key, needs: z.array(key), step: stepInput }),
  z.strictObject({ kind: z.literal('gate'), key, needs: z.array(key), outputs: z.array(key).default([]) }),
]);
export type StageInput = z.infer<typeof stageInput>;

/** One segment of a run, ready to be compiled. `needs` of stages outside of this segment are taken as met. */
export const compileInput = z.strictObject({
  runId: z.string().min(1).max(64),
  segment: z.number().int().min(1),
  attempt: z.number().int().min(1),
  namespace: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'not a namespace'),
  /** `flow.dev/…` labels of the Workflow and its pods. `flow.dev/run`, `…/segment` and `…/attempt` are added. */
  labels: z.record(z.string().regex(/^flow\.dev\/[a-z][a-z-]{0,40}$/, 'not a label of Flow'), labelValue),
  stages: z.array(stageInput).min(1),
  /** Variables of every step, set by Flow: they win over those of a step. */
  parameters: z.record(variable, text),
  /** Longest time of the whole segment in seconds. With a gate in it, time limits are those of the steps: a wait for people does not count. */
  timeoutSeconds: z.number().int().positive(),
  /** What every step finds in its folder; null leaves the folder empty. */
  checkout: z
    .strictObject({ repositoryUrl: text, commitSha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'not a commit') })
    .nullable(),
  /** Account of the pods, chosen by the platform; absent: the default one of the namespace. */
  serviceAccountName: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
    .optional(),
});
export type CompileInput = z.input<typeof compileInput>;
export type CheckedInput = z.output<typeof compileInput>;
