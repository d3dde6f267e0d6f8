import type { KubeObject } from '../store/index.ts';

/** One field that the sandbox does not run, with what to do instead. */
export interface Unsupported {
  path: string;
  message: string;
}

type Fields = Record<string, unknown>;

/** Fields that only place or equip a pod: a local process has no use for them, and leaving them out changes no result. */
const PLACEMENT = [
  'affinity',
  'archiveLogs',
  'automountServiceAccountToken',
  'dnsConfig',
  'dnsPolicy',
  'executor',
  'hostAliases',
  'hostNetwork',
  'imagePullSecrets',
  'nodeSelector',
  'podDisruptionBudget',
  'podMetadata',
  'podPriorityClassName',
  'priority',
  'priorityClassName',
  'schedulerName',
  'securityContext',
  'serviceAccountName',
  'tolerations',
];
const KNOWN = {
  spec: [
    ...PLACEMENT,
    'activeDeadlineSeconds',
    'arguments',
    'entrypoint',
    'hooks',
    'onExit',
    'parallelism',
    'podGC',
    'retryStrategy',
    'shutdown',
    'suspend',
    'templates',
    'ttlStrategy',
    'volumeClaimTemplates',
    'volumes',
    'workflowTemplateRef',
  ],
  template: [
    ...PLACEMENT,
    'activeDeadlineSeconds',
    'annotations',
    'container',
    'dag',
    'inputs',
    'metadata',
    'name',
    'outputs',
    'parallelism',
    'retryStrategy',
    'script',
    'steps',
    'suspend',
    'timeout',
    'volumes',
  ],
  call: ['arguments', 'continueOn', 'dependencies', 'depends', 'name', 'template', 'when', 'withItems', 'withParam', 'withSequence'],
  container: [
    'args',
    'command',
    'env',
    'envFrom',
    'image',
    'imagePullPolicy',
    'name',
    'resources',
    'securityContext',
    'source',
    'terminationMessagePath',
    'terminationMessagePolicy',
    'volumeMounts',
    'workingDir',
  ],
  retryStrategy: ['affinity', 'backoff', 'limit', 'retryPolicy'],
  hooks: ['exit'],
  podGC: ['deleteDelayDuration', 'strategy'],
  ttlStrategy: ['secondsAfterCompletion', 'secondsAfterFailure', 'secondsAfterSuccess'],
  hook: ['arguments', 'template'],
  valueFrom: ['default', 'parameter', 'path', 'supplied'],
  ports: ['parameters'],
  sequence: ['count', 'end', 'start'],
  volume: ['emptyDir', 'name', 'persistentVolumeClaim'],
} satisfies Record<string, string[]>;

const ADVICE: Record<string, string> = {
  artifacts: 'pass small values as parameters, and files through a volume of volumeClaimTemplates',
  containerSet: 'use one container template for each container',
  data: 'use a script template',
  expression: 'use a plain {{…}} reference',
  hooks: 'only hooks.exit of the workflow runs in the sandbox',
  http: 'use a script template that makes the request',
  inline: 'name the template and refer to it',
  memoize: 'leave it out: the step then always runs',
  onExit: 'use the exit handler of the workflow',
  plugin: 'use a container or script template',
  resource: 'use a script template that calls the API',
  sidecars: 'start the helper inside the step',
  synchronization: 'leave it out: the sandbox has no locks',
  templateDefaults: 'write the fields into each template',
  templateRef: 'use workflowTemplateRef, or copy the template',
  volumeClaimGC: 'leave it out: the folder of a claim goes when its workflow ends',
  workflowMetadata: 'write the labels and annotations into the metadata of the workflow',
};

/** What the sandbox would not run as it stands in a Workflow or WorkflowTemplate. Each is refused by name; an empty list means that it runs. */
export function unsupportedInWorkflow(object: KubeObject): Unsupported[] {
  const found: Unsupported[] = [];
  const spec = fieldsOf(object['spec']);
  const check = new Check(found);
  check.only(spec, 'spec', 'spec');
  check.parameters(fieldsOf(spec['arguments']), 'spec.arguments');
  check.retry(spec['retryStrategy'], 'spec.retryStrategy');
  check.volumes(spec['volumes'], 'spec.volumes');
  check.only(fieldsOf(spec['podGC']), 'spec.podGC', 'podGC');
  check.only(fieldsOf(spec['ttlStrategy']), 'spec.ttlStrategy', 'ttlStrategy');
  const hooks = fieldsOf(spec['hooks']);
  check.only(hooks, 'spec.hooks', 'hooks');
  check.only(fieldsOf(hooks['exit']), 'spec.hooks.exit', 'hook');
  if (fieldsOf(spec['workflowTemplateRef'])['clusterScope'] === true) {
    check.refuse('spec.workflowTemplateRef.clusterScope', 'use a WorkflowTemplate of the same namespace');
  }
  for (const [index, template] of listOf(spec['templates']).entries()) check.template(fieldsOf(template), `spec.templates[${index}]`);
  check.expressionTags(object['spec'], 'spec');
  return found;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

class Check {
  readonly #found: Unsupported[];

  constructor(found: Unsupported[]) {
    this.#found = found;
  }

  refuse(path: string, advice: string | undefined): void {
    const what = `${path} is not supported by the sandbox`;
    this.#found.push({ path, message: advice === undefined ? what : `${what}: ${advice}` });
  }

  only(fields: Fields, path: string, kind: keyof typeof KNOWN): void {
    const known: readonly string[] = KNOWN[kind];
    for (const [name, value] of Object.entries(fields)) {
      const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
      if (!known.includes(name) && !isEmpty) this.refuse(`${path}.${name}`, ADVICE[name]);
    }
  }

  parameters(block: Fields, path: string): void {
    this.only(block, path, 'ports');
    for (const [index, parameter] of listOf(block['parameters']).entries()) {
      this.only(fieldsOf(fieldsOf(parameter)['valueFrom']), `${path}.parameters[${index}].valueFrom`, 'valueFrom');
    }
  }

  retry(strategy: unknown, path: string): void {
    this.only(fieldsOf(strategy), path, 'retryStrategy');
  }

  volumes(volumes: unknown, path: string): void {
    for (const [index, volume] of listOf(volumes).entries()) this.only(fieldsOf(volume), `${path}[${index}]`, 'volume');
  }

  template(template: Fields, path: string): void {
    this.only(template, path, 'template');
    this.parameters(fieldsOf(template['inputs']), `${path}.inputs`);
    this.parameters(fieldsOf(template['outputs']), `${path}.outputs`);
    this.retry(template['retryStrategy'], `${path}.retryStrategy`);
    this.volumes(template['volumes'], `${path}.volumes`);
    for (const kind of ['container', 'script'] as const) {
      if (template[kind] !== undefined) this.container(fieldsOf(template[kind]), `${path}.${kind}`);
    }
    for (const [index, group] of listOf(template['steps']).entries()) {
      const steps = Array.isArray(group) ? group : [group];
      for (const [at, step] of steps.entries()) this.call(fieldsOf(step), `${path}.steps[${index}][${at}]`);
    }
    for (const [index, task] of listOf(fieldsOf(template['dag'])['tasks']).entries()) {
      this.call(fieldsOf(task), `${path}.dag.tasks[${index}]`);
    }
    if (template['timeout'] !== undefined && (template['steps'] !== undefined || template['dag'] !== undefined)) {
      this.refuse(`${path}.timeout`, 'a timeout applies to containers, scripts and suspends, not to steps or a dag');
    }
  }

  container(container: Fields, path: string): void {
    this.only(container, path, 'container');
    if (listOf(container['command']).length === 0) {
      this.#found.push({
        path: `${path}.command`,
        message: `${path}.command is required by the sandbox: it runs the step as a local process and has no image to take a command from`,
      });
    }
  }

  call(call: Fields, path: string): void {
    this.only(call, path, 'call');
    this.parameters(fieldsOf(call['arguments']), `${path}.arguments`);
    this.only(fieldsOf(call['withSequence']), `${path}.withSequence`, 'sequence');
  }

  /** `{{=…}}` is a program in a language of its own; the sandbox knows plain references. */
  expressionTags(value: unknown, path: string): void {
    if (typeof value === 'string') {
      if (/\{\{=/.test(value))
        this.refuse(path, 'a {{=expression}} is not evaluated; use plain {{…}} references, or compute the value in a script');
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      this.expressionTags(part, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    }
  }
}
