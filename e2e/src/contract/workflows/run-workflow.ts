import { pipelineAccount } from '@flow/delivery/access';
import { kinds } from '@flow/delivery/cluster';
import { compileWorkflow, createWorkflow, projectWorkflow, type CompiledWorkflow, type CompileInput } from '@flow/delivery/workflows';
import type { WorkflowView } from '@flow/core/workflow';
import { stepImage } from '../../cluster/node/images.ts';
import type { Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';

type Step = Extract<CompileInput['stages'][number], { kind: 'steps' }>['steps'][number];

/** A step that runs a script in a shell. */
export function aStep(key: string, script: string, more: Partial<Step> = {}): Step {
  return { key, needs: [], image: stepImage, script, command: null, env: {}, retries: 0, timeoutSeconds: 300, ...more };
}

let count = 0;

/** What Flow compiles of stages, under a name that is used once. */
export function compiled(engine: Engine, stages: CompileInput['stages'], more: Partial<CompileInput> = {}): CompiledWorkflow {
  const result = compileWorkflow({
    runId: `r${(count += 1)}`,
    segment: 1,
    attempt: 1,
    namespace: engine.namespace,
    labels: { 'flow.dev/tenant': 'shop' },
    stages,
    parameters: {},
    timeoutSeconds: 600,
    serviceAccountName: pipelineAccount,
    checkout: null,
    ...more,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.workflow;
}

/** A Workflow that was made. */
export interface Made {
  namespace: string;
  name: string;
  uid: string;
}

/** Makes a Workflow as Flow does. */
export async function start(engine: Engine, workflow: CompiledWorkflow): Promise<Made> {
  const made = await createWorkflow(engine.client, workflow);
  if (made.outcome === 'refused') throw new Error(made.why);
  return { namespace: engine.namespace, name: workflow.metadata.name, uid: made.uid };
}

/** What Flow sees of a Workflow now. */
export async function viewOf(engine: Engine, name: string): Promise<WorkflowView> {
  const answer = await engine.client.get({ kind: kinds.workflows, namespace: engine.namespace, name });
  if (!answer.ok) throw new Error(answer.message);
  return projectWorkflow(answer.value);
}

/** Waits until Flow sees something of a Workflow. */
export async function workflowAt(engine: Engine, name: string, is: (view: WorkflowView) => boolean): Promise<WorkflowView> {
  let last: WorkflowView | undefined;
  try {
    return await eventually(`Workflow ${name}: ${is.toString()}`, async () => {
      last = await viewOf(engine, name);
      return is(last) && last;
    });
  } catch (error) {
    throw new Error(`The Workflow is at ${JSON.stringify(last)}`, { cause: error });
  }
}

/** Waits for the end of a Workflow. */
export async function ended(engine: Engine, name: string): Promise<WorkflowView> {
  return workflowAt(engine, name, (view) => view.completed);
}
