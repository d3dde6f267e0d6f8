import { z } from 'zod';
import { durationSeconds } from './definition.ts';
import type { PipelineDefinition, StageDefinition, StepDefinition } from './definition.ts';

const plannedWork = {
  image: z.string().nullable(),
  script: z.string().nullable(),
  command: z.array(z.string()).nullable(),
  env: z.record(z.string(), z.string()),
  retries: z.number(),
  timeoutSeconds: z.number(),
  /** It writes what it has found out. */
  evidence: z.boolean().default(false),
};

export const plannedStep = z.strictObject({ key: z.string(), name: z.string(), needs: z.array(z.string()), ...plannedWork });
export type PlannedStep = z.infer<typeof plannedStep>;

/** A stage with every default filled in: what is stored with a run and compiled for the engine. */
export const plannedStage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('steps'), key: z.string(), needs: z.array(z.string()), steps: z.array(plannedStep) }),
  z.strictObject({ kind: z.literal('publish'), key: z.string(), needs: z.array(z.string()), repository: z.string(), step: plannedStep }),
  z.strictObject({ kind: z.literal('deploy'), key: z.string(), needs: z.array(z.string()), environment: z.string() }),
  z.strictObject({ kind: z.literal('approval'), key: z.string(), needs: z.array(z.string()), message: z.string() }),
]);
export type PlannedStage = z.infer<typeof plannedStage>;

export const plannedPipeline = z.strictObject({ timeoutSeconds: z.number(), stages: z.array(plannedStage) });
export type PlannedPipeline = z.infer<typeof plannedPipeline>;

const defaultStepTimeoutSeconds = 30 * 60;
const defaultRunTimeoutSeconds = 2 * 60 * 60;

/** Fills in the defaults of a definition: order by list where `needs` is absent, time limits, variables of the pipeline under those of the step. */
export function planStages(definition: PipelineDefinition): PlannedPipeline {
  const stages = definition.stages.map((stage, index) =>
    planStage(stage, { needs: needsOf(definition.stages, index), env: definition.env ?? {} }),
  );
  return { timeoutSeconds: definition.timeout === undefined ? defaultRunTimeoutSeconds : durationSeconds(definition.timeout), stages };
}

/** Names that come before the one at `index`: its own `needs`, or else its neighbour in the list. */
export function needsOf(list: readonly { name: string; needs?: string[] | undefined }[], index: number): string[] {
  const own = list[index]?.needs;
  if (own !== undefined) return own;
  const before = list[index - 1];
  return before === undefined ? [] : [before.name];
}

function planStage(stage: StageDefinition, defaults: { needs: string[]; env: Record<string, string> }): PlannedStage {
  const base = { key: stage.name, needs: defaults.needs };
  if ('steps' in stage) {
    return {
      kind: 'steps',
      ...base,
      steps: stage.steps.map((step, index) => planStep({ ...step, needs: needsOf(stage.steps, index) }, defaults.env)),
    };
  }
  if ('publish' in stage) {
    const { repository, ...work } = stage.publish;
    return { kind: 'publish', ...base, repository, step: planStep({ name: 'publish', needs: [], ...work }, defaults.env) };
  }
  if ('deploy' in stage) return { kind: 'deploy', ...base, environment: stage.deploy.environment };
  return { kind: 'approval', ...base, message: stage.approval.message ?? 'Go on?' };
}

function planStep(step: StepDefinition, env: Record<string, string>): PlannedStep {
  return {
    key: step.name,
    name: step.name,
    needs: step.needs ?? [],
    image: step.image ?? null,
    script: step.script ?? null,
    command: step.command ?? null,
    env: { ...env, ...step.env },
    retries: step.retries ?? 0,
    timeoutSeconds: step.timeout === undefined ? defaultStepTimeoutSeconds : durationSeconds(step.timeout),
    evidence: step.evidence ?? false,
  };
}
