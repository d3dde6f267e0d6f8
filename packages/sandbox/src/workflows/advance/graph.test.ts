import { describe, expect, test } from 'vitest';
import { aContainer, aWorkflow, play } from '../testing/play.ts';

const twoSteps = aWorkflow({
  entrypoint: 'main',
  templates: [
    {
      name: 'main',
      steps: [
        [{ name: 'a', template: 'work' }],
        [
          { name: 'b', template: 'work' },
          { name: 'c', template: 'work' },
        ],
      ],
    },
    aContainer('work'),
  ],
});

describe('steps', () => {
  test('groups run one after the other, the steps of a group side by side', () => {
    const wf = play(twoSteps);
    wf.step();
    expect(wf.open()).toEqual(['wf[0].a']);
    wf.end('wf[0].a');
    wf.step();
    expect(wf.open()).toEqual(['wf[1].b', 'wf[1].c']);
    wf.end('wf[1].b');
    wf.end('wf[1].c');
    wf.step();
    expect(wf.phase()).toBe('Succeeded');
    expect(wf.status().progress).toBe('3/3');
  });

  test('nodes have the ids, names, edges and outbound nodes that Argo gives them', () => {
    const wf = play(twoSteps);
    wf.step();
    wf.end('wf[0].a');
    wf.step();
    for (const name of ['wf[1].b', 'wf[1].c']) wf.end(name);
    wf.step();
    expect(wf.node('wf').id).toBe('wf');
    expect(wf.node('wf')).toMatchObject({ type: 'Steps', templateName: 'main', children: [wf.node('wf[0]').id] });
    expect(wf.node('wf[0]')).toMatchObject({ type: 'StepGroup', displayName: '[0]', boundaryID: 'wf' });
    expect(wf.node('wf[0].a')).toMatchObject({ displayName: 'a', boundaryID: 'wf', templateName: 'work', children: [wf.node('wf[1]').id] });
    expect(wf.node('wf').outboundNodes).toEqual([wf.node('wf[1].b').id, wf.node('wf[1].c').id]);
    expect([...wf.pods.keys()][0]).toBe(`wf-work-${wf.node('wf[0].a').id.slice(3)}`);
  });

  test('a failed step fails its group and the workflow, and nothing after it starts', () => {
    const wf = play(twoSteps);
    wf.step();
    wf.end('wf[0].a', { exitCode: 3 });
    wf.step();
    expect(wf.phase()).toBe('Failed');
    expect(wf.node('wf[0].a').message).toBe('main: Error (exit code 3)');
    expect(wf.status().message).toBe(`child '${wf.node('wf[0].a').id}' failed`);
    expect(wf.created).toEqual(['wf[0].a']);
  });

  test('outputs of a step are parameters of a later one, and `when` decides on them', () => {
    const wf = play(
      aWorkflow({
        entrypoint: 'main',
        arguments: { parameters: [{ name: 'who', value: 'ann' }] },
        templates: [
          {
            name: 'main',
            steps: [
              [{ name: 'a', template: 'make' }],
              [
                {
                  name: 'yes',
                  template: 'show',
                  when: '{{steps.a.outputs.parameters.v}} == 7',
                  arguments: { parameters: [{ name: 'x', value: '{{steps.a.outputs.parameters.v}}/{{steps.a.outputs.result}}' }] },
                },
                {
                  name: 'no',
                  template: 'show',
                  when: "'{{steps.a.outputs.parameters.v}}' != '7'",
                  arguments: { parameters: [{ name: 'x', value: '1' }] },
                },
              ],
            ],
          },
          aContainer('make', { outputs: { parameters: [{ name: 'v', valueFrom: { path: '/tmp/v' } }] } }),
          {
            name: 'show',
            inputs: { parameters: [{ name: 'x' }] },
            container: { image: 'i', command: ['echo', '{{inputs.parameters.x}} {{workflow.parameters.who}} {{workflow.name}}'] },
          },
        ],
      }),
    );
    wf.step();
    wf.end('wf[0].a', { outputs: { v: '7' }, result: 'r' });
    wf.step();
    expect(wf.node('wf[1].no')).toMatchObject({ type: 'Skipped', phase: 'Skipped', message: "when ''7' != '7'' evaluated false" });
    expect(JSON.stringify([...wf.pods.values()][1])).toContain('"echo","7/r ann wf"');
  });

  test('loops run once for each item and gather their outputs as lists', () => {
    const wf = play(
      aWorkflow({
        entrypoint: 'main',
        templates: [
          {
            name: 'main',
            steps: [
              [{ name: 'l', template: 'w', withItems: ['a', { k: 'b' }] }],
              [{ name: 'm', template: 'w2', withParam: '{{steps.l.outputs.result}}' }],
            ],
          },
          aContainer('w'),
          { name: 'w2', container: { image: 'i', command: ['true'] } },
        ],
      }),
    );
    wf.step();
    expect(wf.open()).toEqual(['wf[0].l(0:a)', 'wf[0].l(1:k:b)']);
    wf.end('wf[0].l(0:a)', { result: 'x' });
    wf.end('wf[0].l(1:k:b)', { result: '5' });
    wf.step();
    expect(wf.open()).toEqual(['wf[1].m(0:x)', 'wf[1].m(1:5)']);
  });

  test('continueOn lets the workflow go on and succeed', () => {
    const wf = play(
      aWorkflow({
        entrypoint: 'main',
        templates: [
          { name: 'main', steps: [[{ name: 'a', template: 'w', continueOn: { failed: true } }], [{ name: 'b', template: 'w' }]] },
          aContainer('w'),
        ],
      }),
    );
    wf.step();
    wf.end('wf[0].a', { exitCode: 1 });
    wf.step();
    wf.end('wf[1].b');
    wf.step();
    expect(wf.phase()).toBe('Succeeded');
  });

  test('an unresolved reference is an error of the node, never a literal in the command', () => {
    const wf = play(
      aWorkflow({
        entrypoint: 'main',
        templates: [{ name: 'main', container: { image: 'i', command: ['echo', '{{inputs.parameters.nope}}', '{{ .Values.x }}'] } }],
      }),
    );
    wf.step();
    expect(wf.phase()).toBe('Error');
    expect(wf.status().message).toBe('failed to resolve {{inputs.parameters.nope}}');
  });
});

describe('dag', () => {
  const diamond = (rest: Record<string, unknown> = {}) =>
    aWorkflow({
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          dag: {
            tasks: [
              { name: 'a', template: 'w' },
              { name: 'b', template: 'w', dependencies: ['a'] },
              { name: 'c', template: 'w', depends: 'a.Succeeded' },
              { name: 'd', template: 'w', depends: 'b && c' },
              { name: 'cure', template: 'w', depends: 'b.Failed || b.Errored' },
            ],
          },
          ...rest,
        },
        aContainer('w'),
      ],
    });

  test('tasks start when their dependencies are met; one whose condition is not met is omitted', () => {
    const wf = play(diamond());
    wf.step();
    expect(wf.open()).toEqual(['wf.a']);
    wf.end('wf.a');
    wf.step();
    expect(wf.open().toSorted()).toEqual(['wf.b', 'wf.c']);
    wf.end('wf.b');
    wf.end('wf.c');
    wf.step();
    expect(wf.node('wf.cure')).toMatchObject({ phase: 'Omitted', message: 'omitted: depends condition not met' });
    wf.end('wf.d');
    wf.step();
    expect(wf.phase()).toBe('Succeeded');
    expect(wf.node('wf').outboundNodes?.toSorted()).toEqual([wf.node('wf.cure').id, wf.node('wf.d').id].toSorted());
  });

  test('a failed branch fails the DAG after the tasks that wait for the failure have run', () => {
    const wf = play(diamond());
    wf.step();
    wf.end('wf.a');
    wf.step();
    wf.end('wf.b', { exitCode: 1 });
    wf.end('wf.c');
    wf.step();
    expect(wf.open()).toEqual(['wf.cure']);
    expect(wf.node('wf.d').phase).toBe('Omitted');
    wf.end('wf.cure');
    wf.step();
    expect(wf.phase()).toBe('Failed');
  });

  test('parallelism of the template and of the workflow bound what runs at once', () => {
    const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ name, template: 'w' }));
    for (const spec of [
      { parallelism: 2, templates: [{ name: 'main', dag: { tasks } }, aContainer('w')] },
      { templates: [{ name: 'main', parallelism: 2, dag: { tasks } }, aContainer('w')] },
    ]) {
      const wf = play(aWorkflow({ entrypoint: 'main', ...spec }));
      wf.step();
      expect(wf.open()).toEqual(['wf.a', 'wf.b']);
      wf.end('wf.a');
      wf.step();
      expect(wf.open()).toEqual(['wf.b', 'wf.c']);
      for (const name of ['wf.b', 'wf.c']) wf.end(name);
      wf.step();
      wf.end('wf.d');
      wf.step();
      expect(wf.phase()).toBe('Succeeded');
    }
  });

  test('a task loop is a TaskGroup and its outputs are those of the DAG', () => {
    const wf = play(
      aWorkflow({
        entrypoint: 'main',
        templates: [
          {
            name: 'main',
            dag: {
              tasks: [
                { name: 'l', template: 'w', withItems: [1, 2] },
                { name: 'z', template: 'w', depends: 'l.AnySucceeded' },
              ],
            },
            outputs: { parameters: [{ name: 'all', valueFrom: { parameter: '{{tasks.l.outputs.parameters.v}}' } }] },
          },
          aContainer('w', { outputs: { parameters: [{ name: 'v', valueFrom: { path: '/v' } }] } }),
        ],
      }),
    );
    wf.step();
    wf.end('wf.l(0:1)', { outputs: { v: 'one' } });
    wf.end('wf.l(1:2)', { outputs: { v: 'two' } });
    wf.step();
    wf.end('wf.z', { outputs: { v: 'z' } });
    wf.step();
    expect(wf.node('wf.l')).toMatchObject({ type: 'TaskGroup', phase: 'Succeeded' });
    expect(wf.node('wf').outputs?.parameters).toEqual([{ name: 'all', value: '["one","two"]' }]);
  });
});
