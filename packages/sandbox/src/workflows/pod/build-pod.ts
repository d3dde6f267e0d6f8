import type { NewObject } from '../../store/index.ts';
import { type StepTask, TASK_ANNOTATION, WORKFLOW_LABEL } from '../../pods/step-task.ts';
import type { Template } from '../spec/schema.ts';
import { podName } from '../status/ids.ts';
import type { NodeStatus } from '../status/status.ts';
import type { Run } from '../advance/run.ts';

interface Asked {
  node: NodeStatus;
  template: Template;
  isOnExit: boolean;
  deadlineSeconds: number | undefined;
}

/** The pod of a node, as Argo names, labels and annotates it, with the task for the kubelet of the sandbox. */
export function buildPod(run: Run, asked: Asked): NewObject {
  const { node, template, isOnExit, deadlineSeconds } = asked;
  const body = template.script ?? template.container;
  const { source: _source, ...container } = { source: undefined, ...body };
  const task: StepTask = {
    ...(template.script === undefined ? {} : { script: template.script.source }),
    outputs: (template.outputs.parameters ?? []).filter((one) => one.valueFrom?.path !== undefined),
    captureResult: isResultReferenced(run, node),
  };
  const given = metadataOf(run, template);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(run.name, { name: node.name, templateName: template.name }),
      namespace: run.workflow.metadata.namespace ?? 'default',
      labels: {
        ...given.labels,
        [WORKFLOW_LABEL]: run.name,
        'workflows.argoproj.io/completed': 'false',
        ...(isOnExit ? { 'workflows.argoproj.io/on-exit': 'true' } : {}),
      },
      annotations: {
        ...given.annotations,
        'kubectl.kubernetes.io/default-container': 'main',
        'workflows.argoproj.io/node-id': node.id,
        'workflows.argoproj.io/node-name': node.name,
        [TASK_ANNOTATION]: JSON.stringify(task),
      },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Workflow',
          name: run.name,
          uid: run.workflow.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      restartPolicy: 'Never',
      ...(deadlineSeconds === undefined ? {} : { activeDeadlineSeconds: deadlineSeconds }),
      ...(run.spec.serviceAccountName === undefined ? {} : { serviceAccountName: run.spec.serviceAccountName }),
      containers: [{ ...container, name: 'main', env: [...(container.env ?? []), ...executorEnv(node)] }],
      volumes: [...(run.spec.volumes ?? []), ...claimVolumes(run), ...(template.volumes ?? [])],
    },
  };
}

/** What Argo tells every container of a step about itself. */
function executorEnv(node: NodeStatus): { name: string; value: string }[] {
  return [
    { name: 'ARGO_CONTAINER_NAME', value: 'main' },
    { name: 'ARGO_NODE_ID', value: node.id },
  ];
}

/** What the template says about its pods wins over what the workflow says about all. */
function metadataOf(run: Run, template: Template): { labels: Record<string, string>; annotations: Record<string, string> } {
  const { podMetadata } = run.spec;
  const { metadata } = template;
  return {
    labels: { ...podMetadata?.labels, ...metadata?.labels },
    annotations: { ...podMetadata?.annotations, ...metadata?.annotations },
  };
}

/** A claim of the workflow is one folder that all its pods see; Argo names it after the workflow and the template. */
function claimVolumes(run: Run): { name: string; persistentVolumeClaim: { claimName: string } }[] {
  return (run.spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${run.name}-${metadata.name}` },
  }));
}

/** Standard output is kept only where the template around the node refers to it, as in Argo. */
function isResultReferenced(run: Run, node: NodeStatus): boolean {
  const boundary = node.boundaryID === undefined ? undefined : run.nodes.get(node.boundaryID);
  const around = boundary?.templateName === undefined ? undefined : run.templates.get(boundary.templateName);
  const name = (node.displayName ?? '').replace(/(?:\(\d+(?::[^(]*)?\))+$/, '');
  return JSON.stringify(around ?? null).includes(`.${name}.outputs.result`);
}
