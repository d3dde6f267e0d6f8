import { expect, test } from 'vitest';
import { aContainer, aWorkflow } from './testing/play.ts';
import { unsupportedInWorkflow } from './unsupported.ts';

const paths = (spec: Record<string, unknown>): string[] => unsupportedInWorkflow(aWorkflow(spec)).map((one) => one.path);

test('what runs is not refused', () => {
  const template = {
    ...aContainer('w', {
      retryStrategy: { limit: 1, backoff: { duration: '1s' } },
      timeout: '5m',
      outputs: { parameters: [{ name: 'v', valueFrom: { path: '/v', default: 'x' } }] },
    }),
    nodeSelector: { a: 'b' },
  };
  const steps = { name: 'main', steps: [[{ name: 'a', template: 'w', when: 'true', withItems: [1], continueOn: { failed: true } }]] };
  expect(
    paths({
      entrypoint: 'main',
      serviceAccountName: 'x',
      onExit: 'w',
      podGC: {},
      ttlStrategy: {},
      volumes: [{ name: 'v', emptyDir: {} }],
      templates: [steps, template, { name: 'g', suspend: {} }],
    }),
  ).toEqual([]);
});

test('what does not run is refused by its path', () => {
  expect(
    paths({
      templateDefaults: {},
      synchronization: {},
      volumes: [{ name: 'v', hostPath: {} }],
      hooks: { running: {} },
      workflowTemplateRef: { name: 'x', clusterScope: true },
      arguments: { artifacts: [{}], parameters: [{ name: 'a', valueFrom: { configMapKeyRef: {} } }] },
      templates: [
        { name: 'a', http: {} },
        { name: 'b', container: { image: 'i', args: ['x'], ports: [{}] }, retryStrategy: { expression: 'true' } },
        { name: 'c', steps: [[{ name: 's', templateRef: {}, hooks: {} }]], timeout: '1m' },
        {
          name: 'd',
          dag: { tasks: [{ name: 't', inline: {}, when: '{{=1}} == 1' }] },
          outputs: { parameters: [{ name: 'o', valueFrom: { expression: 'x' } }] },
        },
      ],
    }).toSorted(),
  ).toEqual(
    [
      'spec.arguments.artifacts',
      'spec.arguments.parameters[0].valueFrom.configMapKeyRef',
      'spec.hooks.running',
      'spec.synchronization',
      'spec.templateDefaults',
      'spec.templates[0].http',
      'spec.templates[1].container.command',
      'spec.templates[1].container.ports',
      'spec.templates[1].retryStrategy.expression',
      'spec.templates[2].steps[0][0].hooks',
      'spec.templates[2].steps[0][0].templateRef',
      'spec.templates[2].timeout',
      'spec.templates[3].dag.tasks[0].inline',
      'spec.templates[3].dag.tasks[0].when',
      'spec.templates[3].outputs.parameters[0].valueFrom.expression',
      'spec.volumes[0].hostPath',
      'spec.workflowTemplateRef.clusterScope',
    ].toSorted(),
  );
});

test('a refusal says what to do instead', () => {
  expect(unsupportedInWorkflow(aWorkflow({ templates: [{ name: 'a', http: {} }] }))).toEqual([
    {
      path: 'spec.templates[0].http',
      message: 'spec.templates[0].http is not supported by the sandbox: use a script template that makes the request',
    },
  ]);
});
