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

describe('gates', () => {
  const gated = (suspend: Record<string, unknown>, value: Record<string, unknown> = {}) =>
    aWorkflow({
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [{ name: 'gate', template: 'gate' }],
            [{ name: 'after', template: 'w', arguments: { parameters: [{ name: 'by', value: '{{steps.gate.outputs.parameters.by}}' }] } }],
          ],
        },
        { name: 'gate', suspend, outputs: { parameters: [{ name: 'by', valueFrom: { supplied: {}, ...value } }] } },
        { name: 'w', inputs: { parameters: [{ name: 'by' }] }, container: { image: 'i', command: ['echo', '{{inputs.parameters.by}}'] } },
      ],
    });

  test('a gate waits until a client settles its node, and its supplied outputs reach the next step', () => {
    const wf = play(gated({}));
    wf.step();
    const gate = wf.node('wf[0].gate');
    expect(gate).toMatchObject({
      type: 'Suspend',
      phase: 'Running',
      outputs: { parameters: [{ name: 'by', valueFrom: { supplied: {} } }] },
    });
    expect(wf.phase()).toBe('Running');
    wf.edit((draft) => {
      Object.assign(draft, {
        status: {
          ...wf.status(),
          nodes: {
            ...wf.status().nodes,
            [gate.id]: {
              ...gate,
              phase: 'Succeeded',
              finishedAt: '2026-01-01T00:01:00Z',
              message: 'approved: 1',
              outputs: { parameters: [{ name: 'by', value: 'alice' }] },
            },
          },
        },
      });
    });
    wf.step();
    expect(JSON.stringify([...wf.pods.values()])).toContain('"echo","alice"');
    expect(wf.node('wf[0].gate').message).toBe('approved: 1');
  });

  test('a gate with a duration goes on by itself with the defaults, at its time and not before', () => {
    const wf = play(gated({ duration: '1m' }, { default: 'nobody' }));
    expect(wf.step().wakeAt).toEqual(new Date('2026-01-01T00:01:00Z'));
    wf.pass(59);
    wf.step();
    expect(wf.node('wf[0].gate').phase).toBe('Running');
    wf.pass(1);
    wf.step();
    expect(JSON.stringify([...wf.pods.values()])).toContain('"echo","nobody"');
  });

  test('a gate with a duration and no default is an error', () => {
    const wf = play(gated({ duration: '1' }));
    wf.step();
    wf.pass(1);
    wf.step();
    expect(wf.phase()).toBe('Failed');
    expect(wf.node('wf[0].gate')).toMatchObject({
      phase: 'Error',
      message: "raw output parameter 'by' has not been set and does not have a default value",
    });
  });

  test('the deadline of the workflow ends a waiting gate', () => {
    const wf = play({ ...gated({}), spec: { ...(gated({})['spec'] as object), activeDeadlineSeconds: 30 } });
    expect(wf.step().wakeAt).toEqual(new Date('2026-01-01T00:00:30Z'));
    wf.pass(30);
    wf.step();
    expect(wf.phase()).toBe('Failed');
    expect(wf.node('wf[0].gate').message).toBe('Step exceeded its deadline');
  });
});

describe('retries', () => {
  const retried = (strategy: Record<string, unknown>) =>
    aWorkflow({
      entrypoint: 'main',
      templates: [{ name: 'main', retryStrategy: strategy, container: { image: 'i', command: ['echo', '{{retries}} {{pod.name}}'] } }],
    });

  test('limit counts the extra attempts, each its own pod, and the last message says so', () => {
    const wf = play(retried({ limit: 1 }));
    wf.step();
    wf.end('wf(0)', { exitCode: 1 });
    wf.step();
    expect(JSON.stringify([...wf.pods.values()][1])).toContain(`"echo","1 ${[...wf.pods.keys()][1]}"`);
    wf.end('wf(1)', { exitCode: 1 });
    wf.step();
    expect(wf.phase()).toBe('Failed');
    expect(wf.status().message).toBe('No more retries left');
    expect(wf.node('wf')).toMatchObject({ type: 'Retry', phase: 'Failed' });
  });

  test('a later success is the success of the node, with its outputs', () => {
    const wf = play(retried({ limit: '3' }));
    wf.step();
    wf.end('wf(0)', { exitCode: 1 });
    wf.step();
    wf.end('wf(1)', { result: 'ok' });
    wf.step();
    expect(wf.phase()).toBe('Succeeded');
    expect(wf.node('wf').outputs?.result).toBe('ok');
  });

  test('backoff grows by its factor and is waited for', () => {
    const wf = play(retried({ limit: 5, backoff: { duration: '10s', factor: 2 } }));
    wf.step();
    wf.end('wf(0)', { exitCode: 1 });
    expect(wf.step().wakeAt).toEqual(new Date('2026-01-01T00:00:10Z'));
    expect(wf.node('wf').message).toBe('Backoff for 10 seconds');
    wf.pass(10);
    wf.step();
    wf.end('wf(1)', { exitCode: 1 });
    expect(wf.step().wakeAt).toEqual(new Date('2026-01-01T00:00:30Z'));
  });

  test('a deleted pod is an Error, which only the policies Always and OnError retry', () => {
    for (const [policy, count] of [
      ['OnFailure', 1],
      ['Always', 2],
      ['OnError', 2],
    ] as const) {
      const wf = play(retried({ limit: 5, retryPolicy: policy }));
      wf.step();
      wf.pods.clear();
      wf.step();
      expect(wf.node('wf(0)')).toMatchObject({ phase: 'Error', message: 'pod deleted' });
      expect(wf.created.length).toBe(count);
    }
  });
});

describe('ending', () => {
  const withExit = (spec: Record<string, unknown> = {}) =>
    aWorkflow({
      entrypoint: 'main',
      onExit: 'bye',
      templates: [aContainer('main'), { name: 'bye', container: { image: 'i', command: ['echo', '{{workflow.status}}'] } }],
      ...spec,
    });

  test('the exit handler runs after the end and sees it; its failure fails a succeeded workflow', () => {
    const wf = play(withExit());
    wf.step();
    wf.end('wf');
    wf.step();
    expect(wf.phase()).toBe('Running');
    expect(JSON.stringify([...wf.pods.values()][1])).toContain('"echo","Succeeded"');
    wf.end('wf.onExit', { exitCode: 1 });
    wf.step();
    expect(wf.phase()).toBe('Failed');
  });

  test('the exit handler is told how long the workflow took, in seconds', () => {
    const bye = { name: 'bye', container: { image: 'i', command: ['echo', '{{workflow.duration}}'] } };
    const wf = play(withExit({ templates: [aContainer('main'), bye] }));
    wf.step();
    wf.pass(75);
    wf.end('wf');
    wf.step();
    expect(JSON.stringify([...wf.pods.values()][1])).toContain('"echo","75.000000"');
  });

  test('Stop ends what runs and still runs the exit handler; Terminate runs nothing', () => {
    for (const [shutdown, created] of [
      ['Stop', ['wf', 'wf.onExit']],
      ['Terminate', ['wf']],
    ] as const) {
      const wf = play(withExit());
      wf.step();
      wf.edit((draft) => Object.assign(draft, { spec: { ...(draft['spec'] as object), shutdown } }));
      wf.step();
      if (shutdown === 'Stop') wf.end('wf.onExit');
      wf.step();
      expect(wf.created).toEqual(created);
      expect(wf.status()).toMatchObject({ phase: 'Failed', message: `Stopped with strategy '${shutdown}'` });
    }
  });

  test('Stop fails a waiting gate', () => {
    const wf = play(
      aWorkflow({
        entrypoint: 'main',
        templates: [
          { name: 'main', dag: { tasks: [{ name: 'g', template: 'gate' }] } },
          { name: 'gate', suspend: {} },
        ],
      }),
    );
    wf.step();
    wf.edit((draft) => Object.assign(draft, { spec: { ...(draft['spec'] as object), shutdown: 'Stop' } }));
    wf.step();
    expect(wf.node('wf.g')).toMatchObject({ phase: 'Failed', message: "Stopped with strategy 'Stop'" });
    expect(wf.status()).toMatchObject({ phase: 'Failed', message: "Stopped with strategy 'Stop'" });
  });

  test('spec.suspend starts nothing new until it is taken away', () => {
    const wf = play(twoSteps);
    wf.step();
    wf.edit((draft) => Object.assign(draft, { spec: { ...(draft['spec'] as object), suspend: true } }));
    wf.end('wf[0].a');
    wf.step();
    expect(wf.node('wf[0].a').phase).toBe('Succeeded');
    expect(wf.created).toEqual(['wf[0].a']);
    wf.edit((draft) => Object.assign(draft, { spec: { ...(draft['spec'] as object), suspend: null } }));
    wf.step();
    expect(wf.created.length).toBe(3);
  });

  test('a spec that can never run fails with the reason', () => {
    const cycle = [
      { name: 'a', template: 'w', dependencies: ['b'] },
      { name: 'b', template: 'w', dependencies: ['a'] },
    ];
    const wf = play(aWorkflow({ entrypoint: 'main', templates: [{ name: 'main', dag: { tasks: cycle } }, aContainer('w')] }));
    wf.step();
    expect(wf.status()).toMatchObject({
      phase: 'Failed',
      message: 'invalid spec: templates.main tasks: dependency cycle detected: a->b->a',
    });
  });

  test('a workflow that is over never changes again', () => {
    const wf = play(withExit());
    wf.step();
    wf.end('wf');
    wf.step();
    wf.end('wf.onExit');
    wf.step();
    const over = wf.status();
    wf.pods.clear();
    wf.pass(1000);
    wf.step();
    expect(wf.status()).toEqual(over);
  });
});
