import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TERMINATE_ANNOTATION, WORKFLOW_LABEL } from '../pods/step-task.ts';
import { ApiError, type Controller, type KubeObject, type ObjectKey, type SandboxContext, toTime } from '../store/index.ts';
import { createLevelController } from '../workloads/objects/level-controller.ts';
import { advance, type Advanced } from './advance/advance.ts';
import { earlier, planCleanup } from './cleanup.ts';
import { mergeTemplateSpec, resolveSpec } from './spec/resolve.ts';
import { workflowSpecSchema } from './spec/schema.ts';
import { podName } from './status/ids.ts';
import { packStatus, readStatus } from './status/packing.ts';
import { isOver, type WorkflowStatus, workflowStatusSchema } from './status/status.ts';

const WORKFLOWS = 'workflows.argoproj.io';
/** Label of a Workflow that another controller looks after, as with Argo's `instanceID`. */
const INSTANCE_LABEL = 'workflows.argoproj.io/controller-instanceid';
const DEFAULT_MAX_BYTES = 1024 * 1024;

export interface WorkflowControllerOptions {
  /** A workflow whose JSON is larger keeps its nodes compressed, as Argo's `MAX_WORKFLOW_SIZE`. */
  maxWorkflowBytes?: number;
}

/** Runs Workflows. Its whole memory is the store: it may be stopped at any line and started again. */
export function createWorkflowController(ctx: SandboxContext, options: WorkflowControllerOptions = {}): Controller {
  const maxBytes = options.maxWorkflowBytes ?? DEFAULT_MAX_BYTES;
  return createLevelController({
    name: 'workflow-controller',
    ctx,
    triggers: [
      {
        resource: WORKFLOWS,
        keys: ({ type, object }) => {
          if (type !== 'DELETED') return [object.metadata];
          removeClaims(ctx, object);
          return [];
        },
      },
      { resource: 'pods', keys: (event) => workflowOf(event.object) },
    ],
    all: () => ctx.store.list(WORKFLOWS).map((workflow) => workflow.metadata),
    reconcile: (key) => reconcile(ctx, key, maxBytes),
  });
}

function workflowOf(pod: KubeObject): ObjectKey[] {
  const name = pod.metadata.labels?.[WORKFLOW_LABEL];
  return name === undefined ? [] : [keyIn(pod.metadata.namespace, name)];
}

function keyIn(namespace: string | undefined, name: string): ObjectKey {
  return { ...(namespace === undefined ? {} : { namespace }), name };
}

function reconcile(ctx: SandboxContext, key: ObjectKey, maxBytes: number): Date | undefined {
  const workflow = ctx.store.get(WORKFLOWS, key);
  if (workflow === undefined || workflow.metadata.deletionTimestamp !== undefined) return undefined;
  if (workflow.metadata.labels?.[INSTANCE_LABEL] !== undefined) return undefined;
  if (storeTemplateSpec(ctx, workflow)) return undefined;
  const wasOver = isOver(workflow.metadata.labels?.['workflows.argoproj.io/phase']);
  const pods = podsOf(ctx, workflow);
  const advanced = advanceOrFail(ctx, workflow, pods);
  const { status } = advanced;
  for (const pod of advanced.podsToCreate) createPod(ctx, workflow, pod);
  for (const name of advanced.podsToTerminate) terminatePod(ctx, keyIn(key.namespace, name));
  if (!wasOver) writeStatus(ctx, workflow, { status, maxBytes });
  if (!wasOver && isOver(status.phase)) removeClaims(ctx, workflow);
  return earlier(advanced.wakeAt, tidyUp(ctx, workflow, { status, pods }));
}

function tidyUp(
  ctx: SandboxContext,
  workflow: KubeObject,
  seen: { status: WorkflowStatus; pods: ReadonlyMap<string, KubeObject> },
): Date | undefined {
  const resolved = resolveSpec(workflow);
  if (!resolved.ok) return undefined;
  const { name, namespace } = workflow.metadata;
  const cleanup = planCleanup({ name, spec: resolved.spec, status: seen.status }, seen.pods, ctx.clock.now());
  for (const pod of cleanup.podsToLabel) labelCompleted(ctx, keyIn(namespace, pod));
  for (const pod of cleanup.podsToDelete) ctx.store.delete('pods', keyIn(namespace, pod));
  if (cleanup.deleteWorkflow) ctx.store.delete(WORKFLOWS, keyIn(namespace, name));
  return cleanup.wakeAt;
}

function advanceOrFail(ctx: SandboxContext, workflow: KubeObject, pods: ReadonlyMap<string, KubeObject>): Advanced {
  const now = ctx.clock.now();
  try {
    return advance(workflow, pods, now);
  } catch (error) {
    ctx.log('workflow-controller could not go on with a workflow', { workflow: workflow.metadata.name, error: String(error) });
    return {
      status: overWith(now, `the workflow cannot be read: ${String(error)}`),
      podsToCreate: [],
      podsToTerminate: [],
      wakeAt: undefined,
    };
  }
}

function overWith(now: Date, message: string): WorkflowStatus {
  return { phase: 'Error', message, startedAt: toTime(now), finishedAt: toTime(now) };
}

/** Merges a `workflowTemplateRef` once into the status; later changes of the template do not touch a running workflow. */
function storeTemplateSpec(ctx: SandboxContext, workflow: KubeObject): boolean {
  const own = workflowSpecSchema.safeParse(workflow['spec'] ?? {});
  const reference = own.success ? own.data.workflowTemplateRef : undefined;
  const status = readStatus(workflow);
  if (reference === undefined || status.storedWorkflowTemplateSpec !== undefined || isOver(status.phase)) return false;
  const template = ctx.store.get('workflowtemplates.argoproj.io', keyIn(workflow.metadata.namespace, reference.name));
  if (template === undefined) {
    const missing = overWith(ctx.clock.now(), `workflowtemplates.argoproj.io "${reference.name}" not found`);
    writeStatus(ctx, workflow, { status: missing, maxBytes: Number.POSITIVE_INFINITY });
    return true;
  }
  const { workflowTemplateRef: _reference, ...merged } = mergeTemplateSpec(workflow['spec'], template['spec']);
  ctx.store.modify(WORKFLOWS, workflow.metadata, (draft) => {
    draft['status'] = { ...status, storedWorkflowTemplateSpec: merged };
  });
  return true;
}

/** The pods of the nodes, by name. A pod of that name that belongs to another owner is none of them. */
function podsOf(ctx: SandboxContext, workflow: KubeObject): Map<string, KubeObject> {
  const pods = new Map<string, KubeObject>();
  for (const node of Object.values(safeNodes(workflow))) {
    if (node.type !== 'Pod') continue;
    const pod = ctx.store.get('pods', keyIn(workflow.metadata.namespace, podName(workflow.metadata.name, node)));
    if (pod !== undefined && isOwned(pod, workflow)) pods.set(pod.metadata.name, pod);
  }
  return pods;
}

function safeNodes(workflow: KubeObject): NonNullable<WorkflowStatus['nodes']> {
  try {
    return readStatus(workflow).nodes ?? {};
  } catch {
    return {};
  }
}

function isOwned(pod: KubeObject, workflow: KubeObject): boolean {
  return pod.metadata.ownerReferences?.some((owner) => owner.uid === workflow.metadata.uid) === true;
}

function createPod(ctx: SandboxContext, workflow: KubeObject, pod: Advanced['podsToCreate'][number]): void {
  try {
    ctx.store.create('pods', pod);
  } catch (error) {
    const isThere = error instanceof ApiError && error.reason === 'AlreadyExists';
    const known = isThere ? ctx.store.get('pods', keyIn(pod.metadata.namespace, pod.metadata.name ?? '')) : undefined;
    if (known === undefined || !isOwned(known, workflow)) throw error;
  }
}

function terminatePod(ctx: SandboxContext, key: ObjectKey): void {
  ctx.store.modify('pods', key, (draft) => {
    if (draft.metadata.annotations?.[TERMINATE_ANNOTATION] !== undefined) return false;
    draft.metadata.annotations = { ...draft.metadata.annotations, [TERMINATE_ANNOTATION]: 'true' };
    return undefined;
  });
}

function labelCompleted(ctx: SandboxContext, key: ObjectKey): void {
  ctx.store.modify('pods', key, (draft) => {
    draft.metadata.labels = { ...draft.metadata.labels, 'workflows.argoproj.io/completed': 'true' };
  });
}

function writeStatus(ctx: SandboxContext, workflow: KubeObject, written: { status: WorkflowStatus; maxBytes: number }): void {
  const { status, maxBytes } = written;
  const { status: _status, ...rest } = workflow;
  const packed = packStatus(plainStatus(status), { otherBytes: Buffer.byteLength(JSON.stringify(rest)), maxBytes });
  ctx.store.modify(WORKFLOWS, workflow.metadata, (draft) => {
    draft['status'] = packed;
    draft.metadata.labels = {
      ...draft.metadata.labels,
      'workflows.argoproj.io/phase': status.phase ?? 'Running',
      'workflows.argoproj.io/completed': String(isOver(status.phase)),
    };
    draft.metadata.annotations = { ...draft.metadata.annotations, 'workflows.argoproj.io/pod-name-format': 'v2' };
  });
}

/** The folders of the workflow's volume claims go with it. */
function removeClaims(ctx: SandboxContext, workflow: KubeObject): void {
  const resolved = resolveSpec(workflow);
  const claims = resolved.ok ? (resolved.spec.volumeClaimTemplates ?? []) : [];
  for (const { metadata } of claims) {
    const folder = join(ctx.stateDir, 'claims', workflow.metadata.namespace ?? '', `${workflow.metadata.name}-${metadata.name}`);
    rm(folder, { recursive: true, force: true, maxRetries: 10 }).catch((error: unknown) => {
      ctx.log('the folder of a volume claim could not be removed', { folder, error: String(error) });
    });
  }
}

/** Without the keys whose value is undefined, so that what is written equals what is read back. */
function plainStatus(status: WorkflowStatus): WorkflowStatus {
  return workflowStatusSchema.parse(JSON.parse(JSON.stringify(status)));
}
