import type { FieldFault } from '@flow/core/fault';
import { FlowError } from '@flow/core/fault';
import { evidenceOutput } from '@flow/core/workflow';
import type { ZodError } from 'zod';
import { compileInput, type CheckedInput, type CompileInput, type StageInput, type StepInput } from './compile-input.ts';
import { compiledWorkflow, type CompiledWorkflow, type StepTemplate, type Template } from './compiled.ts';
import { workflowName } from './names.ts';
import { stepSource } from './step-source.ts';

export type Compiled = { ok: true; workflow: CompiledWorkflow } | { ok: false; faults: readonly FieldFault[] };

const gateDeadlineSeconds = 30 * 24 * 3600;
const podDelay = '300s';
const timeToLiveSeconds = 3600;

/** Compiles one segment of a run to one Workflow: a graph of stages, each a graph of steps or a suspend node that Flow settles. */
export function compileWorkflow(input: CompileInput): Compiled {
  const checked = compileInput.safeParse(input);
  if (!checked.success) return { ok: false, faults: checked.error.issues.map(faultOf) };
  const faults = graphFaults(checked.data);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, workflow: checkClosed(build(checked.data)) };
}

/** A wrong key of a record says what is wrong with it inside. */
function faultOf(issue: ZodError['issues'][number]): FieldFault {
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  return { path: issue.path.join('.'), message: inner ?? issue.message };
}

function build(input: CheckedInput): CompiledWorkflow {
  const labels = {
    ...input.labels,
    'flow.dev/run': input.runId,
    'flow.dev/segment': String(input.segment),
    'flow.dev/attempt': String(input.attempt),
  };
  const hasGate = input.stages.some((stage) => stage.kind === 'gate');
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: workflowName(input), namespace: input.namespace, labels },
    spec: {
      entrypoint: 'run',
      activeDeadlineSeconds: hasGate ? gateDeadlineSeconds : input.timeoutSeconds,
      podGC: { strategy: 'OnPodCompletion', deleteDelayDuration: podDelay },
      ttlStrategy: { secondsAfterCompletion: timeToLiveSeconds },
      podMetadata: { labels },
      ...(input.serviceAccountName === undefined ? {} : { serviceAccountName: input.serviceAccountName }),
      templates: [runTemplate(input), ...input.stages.flatMap((stage, index) => stageTemplates(stage, { input, index }))],
    },
  };
}

function runTemplate(input: CheckedInput): Template {
  const here = new Set(input.stages.map((stage) => stage.key));
  const tasks = input.stages.map((stage) =>
    task({ name: stage.key, template: stageTemplate(stage.key), needs: stage.needs.filter((need) => here.has(need)) }),
  );
  return { name: 'run', dag: { tasks } };
}

function stageTemplates(stage: StageInput, context: { input: CheckedInput; index: number }): Template[] {
  const name = stageTemplate(stage.key);
  switch (stage.kind) {
    case 'gate': {
      const parameters = stage.outputs.map((output) => ({ name: output, valueFrom: { supplied: {}, default: '' } }));
      return [{ name, suspend: {}, ...(parameters.length === 0 ? {} : { outputs: { parameters } }) }];
    }
    case 'publish':
      return stepsTemplates(name, [{ ...stage.step, outputs: [...new Set(['digest', 'version', ...stage.step.outputs])] }], {
        ...context,
        stage,
      });
    case 'steps':
      return stepsTemplates(name, stage.steps, { ...context, stage });
  }
}

function stepsTemplates(
  name: string,
  steps: readonly StepInput[],
  context: { input: CheckedInput; index: number; stage: StageInput },
): Template[] {
  // Template names take letters, digits and dashes only; the index keeps two stages apart whatever their names are.
  const template = (step: StepInput): string => `step-${context.index}-${step.key}`;
  const tasks = steps.map((step) => task({ name: step.key, template: template(step), needs: step.needs }));
  return [{ name, dag: { tasks } }, ...steps.map((step) => stepTemplate(step, { ...context, name: template(step) }))];
}

function stepTemplate(step: StepInput, context: { name: string; input: CheckedInput; stage: StageInput }): StepTemplate {
  const { input, stage } = context;
  const isPublish = stage.kind === 'publish';
  const folder = `/tmp/flow-${workflowName(input)}/${stage.key}.${step.key}`;
  const parameters = step.outputs.map((output) => ({ name: output, valueFrom: { path: `${folder}/${output}`, default: '' } }));
  const env = [
    ...(parameters.length === 0 ? [] : [{ name: 'FLOW_OUTPUT_DIR', value: folder }]),
    ...(step.outputs.includes(evidenceOutput) ? [{ name: 'FLOW_EVIDENCE_FILE', value: `${folder}/${evidenceOutput}` }] : []),
    ...(isPublish
      ? [
          { name: 'FLOW_DIGEST_FILE', value: `${folder}/digest` },
          { name: 'FLOW_VERSION_FILE', value: `${folder}/version` },
        ]
      : []),
  ];
  return {
    name: context.name,
    activeDeadlineSeconds: step.timeoutSeconds,
    ...(step.retries === 0 ? {} : { retryStrategy: { limit: String(step.retries), retryPolicy: 'Always' as const } }),
    ...(parameters.length === 0 ? {} : { outputs: { parameters } }),
    script: {
      name: 'main',
      image: step.image,
      command: ['sh'],
      env,
      source: stepSource(step, { input, outputs: step.outputs, isPublish }),
    },
  };
}

function task(fields: { name: string; template: string; needs: readonly string[] }): {
  name: string;
  template: string;
  dependencies?: string[];
} {
  return { name: fields.name, template: fields.template, ...(fields.needs.length === 0 ? {} : { dependencies: [...fields.needs] }) };
}

function stageTemplate(key: string): string {
  return `stage-${key}`;
}

/** Keys that occur twice, steps that need an unknown one, and cycles: the engine would refuse the whole Workflow for any of them. */
function graphFaults(input: CheckedInput): FieldFault[] {
  const here = new Set(input.stages.map((stage) => stage.key));
  const stages = input.stages.map((stage) => ({ key: stage.key, needs: stage.needs.filter((need) => here.has(need)) }));
  const faults = nodeFaults(stages, 'stages');
  for (const [index, stage] of input.stages.entries()) {
    if (stage.kind === 'steps') faults.push(...nodeFaults(stage.steps, `stages.${index}.steps`));
    if (stage.kind === 'publish' && stage.step.needs.length > 0)
      faults.push({ path: `stages.${index}.step.needs`, message: 'the step of a publish stage needs nothing' });
  }
  return faults;
}

function nodeFaults(nodes: readonly { key: string; needs: readonly string[] }[], path: string): FieldFault[] {
  const keys = nodes.map((node) => node.key);
  const faults = keys.flatMap((key, index) =>
    keys.indexOf(key) === index ? [] : [{ path: `${path}.${index}.key`, message: `${key} is there twice` }],
  );
  for (const [index, node] of nodes.entries()) {
    for (const need of node.needs) {
      if (!keys.includes(need)) faults.push({ path: `${path}.${index}.needs`, message: `${node.key} needs ${need}, which is not there` });
    }
  }
  let left = nodes;
  for (let before = -1; faults.length === 0 && left.length !== before;) {
    before = left.length;
    const waiting = new Set(left.map((node) => node.key));
    left = left.filter((node) => node.needs.some((need) => waiting.has(need)));
  }
  if (faults.length === 0 && left.length > 0)
    faults.push({ path, message: `these need each other in a circle: ${left.map((node) => node.key).join(', ')}` });
  return faults;
}

function checkClosed(workflow: CompiledWorkflow): CompiledWorkflow {
  const checked = compiledWorkflow.safeParse(workflow);
  if (checked.success) return checked.data;
  throw new FlowError({
    code: 'internal',
    message: 'The run could not be compiled: this is a fault of Flow',
    detail: checked.error.message,
  });
}
