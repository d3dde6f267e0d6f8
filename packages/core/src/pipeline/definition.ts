import { z } from 'zod';

const name = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes; begin with a letter and end with a letter or digit');

const duration = z.string().regex(/^[1-9]\d{0,4}(s|m|h)$/, 'a duration is a number with s, m or h, for example 90s, 10m or 2h');

const environmentVariables = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable'),
  z.string().max(10_000),
);

const work = {
  image: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('Container image that the step runs in. The sandbox runs steps as local processes and ignores it.'),
  script: z.string().min(1).max(50_000).optional().describe('Shell script, run with sh -e in a checkout of the commit.'),
  command: z.array(z.string().max(10_000)).min(1).max(100).optional().describe('Command with its arguments, instead of a script.'),
  env: environmentVariables.optional(),
  retries: z.number().int().min(0).max(5).optional().describe('How many times a failed step is tried again.'),
  timeout: duration.optional().describe('Longest time one try may take. Default 30m.'),
  evidence: z
    .boolean()
    .optional()
    .describe(
      'It writes what it has found out to the file $FLOW_EVIDENCE_FILE: a JSON object on each line, such as {"kind":"tests","passed":12,"failed":0}.',
    ),
};

const step = z
  .strictObject({
    name,
    needs: z.array(name).max(50).optional().describe('Steps of this stage that come first. Without it: the step before in the list.'),
    ...work,
  })
  .refine((value) => (value.script === undefined) !== (value.command === undefined), {
    error: 'give either script or command',
    path: ['script'],
  });
export type StepDefinition = z.infer<typeof step>;

const stageFields = {
  name,
  needs: z.array(name).max(50).optional().describe('Stages that come first. Without it: the stage before in the list; [] starts at once.'),
};

const stepsStage = z.strictObject({ ...stageFields, steps: z.array(step).min(1).max(50) });

const publishStage = z.strictObject({
  ...stageFields,
  publish: z
    .strictObject({
      repository: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'an image repository in lower case, for example sandbox.local/shop/checkout')
        .describe('Image repository without tag.'),
      ...work,
    })
    .describe('Makes the artifact: its script builds and pushes the image and writes the digest to the file $FLOW_DIGEST_FILE.')
    .refine((value) => (value.script === undefined) !== (value.command === undefined), {
      error: 'give either script or command',
      path: ['script'],
    }),
});

const deployStage = z.strictObject({
  ...stageFields,
  deploy: z
    .strictObject({ environment: name })
    .describe('Deploys the artifact of this run to an environment and waits until it is healthy there.'),
});

const approvalStage = z.strictObject({
  ...stageFields,
  approval: z
    .strictObject({ message: z.string().min(1).max(500).optional() })
    .describe('Waits for a release manager or admin other than the one who started the run.'),
});

const stage = z.union([stepsStage, publishStage, deployStage, approvalStage]);
export type StageDefinition = z.infer<typeof stage>;

/** `.flow/pipeline.yaml`, as it is written. */
export const pipelineDefinition = z
  .strictObject({
    version: z.literal(1).describe('Version of this format.'),
    env: environmentVariables.optional().describe('Variables of every step.'),
    timeout: duration.optional().describe('Longest time the whole run may take, waits for people not counted. Default 2h.'),
    stages: z.array(stage).min(1).max(50),
  })
  .describe('A delivery pipeline of Flow');
export type PipelineDefinition = z.infer<typeof pipelineDefinition>;

/** The JSON Schema for editors (draft 2020-12). */
export function pipelineJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(pipelineDefinition), $id: 'https://flow.dev/schemas/pipeline-v1.json', title: 'Flow pipeline' };
}

/** Seconds of a duration such as `90s`, `10m`, `2h`. */
export function durationSeconds(text: string): number {
  const amount = Number(text.slice(0, -1));
  const unit = text.at(-1);
  return unit === 'h' ? amount * 3600 : unit === 'm' ? amount * 60 : amount;
}
