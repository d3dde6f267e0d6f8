import { kinds } from '@flow/delivery/cluster';
import { listAt, textAt } from '@flow/delivery/json';
import { nodeId, nodeName } from '@flow/delivery/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import { aStep, compiled, ended, start, viewOf, workflowAt } from './run-workflow.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

async function logOf(pod: string | null | undefined): Promise<string> {
  let log = '';
  for await (const part of engine.client.readLog({ namespace: engine.namespace, pod: pod ?? '', container: 'main' })) log += part;
  return log;
}

/** Steps have containers of their own to start: they are run beside each other. */
describe.concurrent('a run', () => {
  test('runs its stages and steps in the order of their needs, and what needs nothing beside each other', async () => {
    const made = await start(
      engine,
      compiled(engine, [
        {
          kind: 'steps',
          key: 'build',
          needs: [],
          steps: [aStep('one', 'true'), aStep('two', 'true', { needs: ['one'] }), aStep('lint', 'true')],
        },
        { kind: 'steps', key: 'test', needs: ['build'], steps: [aStep('all', 'true')] },
      ]),
    );
    const view = await ended(engine, made.name);
    expect(view).toMatchObject({ phase: 'Succeeded', completed: true, shutdown: null, nodesReadable: true });
    expect(
      view.stages.map(({ key, kind, phase, steps }) => [key, kind, phase, steps.map((step) => [step.key, step.phase, step.tries.length])]),
    ).toEqual([
      [
        'build',
        'steps',
        'Succeeded',
        [
          ['one', 'Succeeded', 1],
          ['two', 'Succeeded', 1],
          ['lint', 'Succeeded', 1],
        ],
      ],
      ['test', 'steps', 'Succeeded', [['all', 'Succeeded', 1]]],
    ]);
    const [one, two] = view.stages[0]?.steps ?? [];
    expect(Date.parse(two?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(one?.finishedAt ?? ''));
    expect(Date.parse(view.stages[1]?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(view.stages[0]?.finishedAt ?? ''));
  });

  test('hands text of people to a step as it is, and shows its log', async () => {
    const odd = `{{workflow.name}} {{=1+1}} "quotes" 'single' $HOME \`id\` ünïcode\nsecond line`;
    const made = await start(
      engine,
      compiled(
        engine,
        [
          {
            kind: 'steps',
            key: 'show',
            needs: [],
            steps: [
              aStep('script', 'printf "%s|%s|%s" "$ODD" "$WHO" "$FLOW_STEP"; echo; echo to-stderr >&2', {
                env: { ODD: odd, WHO: 'the step' },
              }),
              aStep('command', '', { script: null, command: ['printf', '%s-%s', odd, '{{retries}}'] }),
            ],
          },
        ],
        { parameters: { WHO: 'flow' } },
      ),
    );
    const view = await ended(engine, made.name);
    expect(view.phase).toBe('Succeeded');
    const [script, command] = view.stages[0]?.steps ?? [];
    const log = await logOf(script?.podName);
    // Two streams are one log, in any order of their lines.
    for (const line of `${odd}|flow|script\nto-stderr`.split('\n')) expect(log).toContain(line);
    expect((await logOf(command?.podName)).trimEnd()).toBe(`${odd}-{{retries}}`);
    const pod = await engine.admin.get({ kind: kinds.pods, namespace: engine.namespace, name: script?.podName ?? '' });
    if (!pod.ok) throw new Error(pod.message);
    expect(pod.value.metadata.labels).toMatchObject({ 'flow.dev/tenant': 'shop', 'workflows.argoproj.io/workflow': made.name });
    expect(listAt(pod.value, 'spec', 'containers').map((container) => textAt(container, 'name'))).toContain('main');
  });

  test('streams the log of a step while it runs', async () => {
    const made = await start(
      engine,
      compiled(engine, [{ kind: 'steps', key: 'slow', needs: [], steps: [aStep('talk', 'echo begun; sleep 12; echo done')] }]),
    );
    const view = await workflowAt(engine, made.name, ({ stages }) => stages[0]?.steps[0]?.phase === 'Running');
    const podName = view.stages[0]?.steps[0]?.podName ?? '';
    await eventually('its container runs', async () => {
      const pod = await engine.admin.get({ kind: kinds.pods, namespace: engine.namespace, name: podName });
      return pod.ok && textAt(pod.value, 'status', 'phase') === 'Running';
    });
    let log = '';
    let phaseAtFirst = '';
    for await (const part of engine.client.readLog({ namespace: engine.namespace, pod: podName, container: 'main', follow: true })) {
      if (log === '') phaseAtFirst = (await viewOf(engine, made.name)).stages[0]?.steps[0]?.phase ?? '';
      log += part;
    }
    expect([log, phaseAtFirst]).toEqual(['begun\ndone\n', 'Running']);
    expect((await ended(engine, made.name)).phase).toBe('Succeeded');
  });

  test('keeps what its steps put out, and leaves empty what they did not', async () => {
    const made = await start(
      engine,
      compiled(engine, [
        {
          kind: 'steps',
          key: 'make',
          needs: [],
          steps: [
            aStep('write', 'echo hello > "$FLOW_OUTPUT_DIR/greeting"; printf "a\\nb" > "$FLOW_OUTPUT_DIR/lines"', {
              outputs: ['greeting', 'lines', 'nothing'],
            }),
          ],
        },
        {
          kind: 'publish',
          key: 'publish',
          needs: ['make'],
          step: aStep('push', `printf sha256:${'e'.repeat(64)} > "$FLOW_DIGEST_FILE"; echo 7.8.9 > "$FLOW_VERSION_FILE"`),
        },
      ]),
    );
    const view = await ended(engine, made.name);
    expect(view.phase).toBe('Succeeded');
    expect(view.stages[0]?.outputs).toEqual({ greeting: 'hello', lines: 'a\nb', nothing: '' });
    expect(view.stages[1]?.outputs).toEqual({ digest: `sha256:${'e'.repeat(64)}`, version: '7.8.9' });
  });

  test('that publishes no digest fails and says so in its log', async () => {
    const made = await start(engine, compiled(engine, [{ kind: 'publish', key: 'publish', needs: [], step: aStep('push', 'true') }]));
    const view = await ended(engine, made.name);
    expect([view.phase, view.stages[0]?.phase, view.stages[0]?.steps[0]?.message]).toEqual([
      'Failed',
      'Failed',
      'main: Error (exit code 65)',
    ]);
    expect(await logOf(view.stages[0]?.steps[0]?.podName)).toContain('wrote no digest');
  });

  test('fails with the step that fails, and runs nothing that needs it', async () => {
    const made = await start(
      engine,
      compiled(engine, [
        {
          kind: 'steps',
          key: 'test',
          needs: [],
          steps: [aStep('bad', 'echo oh no; exit 3'), aStep('later', 'true', { needs: ['bad'] }), aStep('beside', 'true')],
        },
        { kind: 'steps', key: 'after', needs: ['test'], steps: [aStep('never', 'true')] },
        { kind: 'gate', key: 'gate', needs: ['test'] },
      ]),
    );
    const view = await ended(engine, made.name);
    expect(view).toMatchObject({ phase: 'Failed' });
    expect(view.stages.map(({ key, phase }) => [key, phase])).toEqual([
      ['test', 'Failed'],
      ['after', 'Omitted'],
      ['gate', 'Omitted'],
    ]);
    expect(view.stages[0]?.steps.map(({ key, phase, message }) => [key, phase, message])).toEqual([
      ['bad', 'Failed', 'main: Error (exit code 3)'],
      ['later', 'Omitted', 'omitted: depends condition not met'],
      ['beside', 'Succeeded', ''],
    ]);
    expect(await logOf(view.stages[0]?.steps[0]?.podName)).toBe('oh no\nError: exit status 3\n');
  });

  test('tries a step again, each try with a pod and a log of its own, until it holds', async () => {
    const runId = 'flaky';
    const firstTry = nodeId(`run-${runId}-s1-a1`, `${nodeName(`run-${runId}-s1-a1`, 'test', 'flaky')}(0)`);
    const script = `echo "try of $ARGO_NODE_ID"; test "$ARGO_NODE_ID" != ${firstTry}`;
    const made = await start(
      engine,
      compiled(engine, [{ kind: 'steps', key: 'test', needs: [], steps: [aStep('flaky', script, { retries: 2 })] }], { runId }),
    );
    const view = await ended(engine, made.name);
    const step = view.stages[0]?.steps[0];
    expect([view.phase, step?.phase, step?.tries.map(({ phase, message }) => [phase, message])]).toEqual([
      'Succeeded',
      'Succeeded',
      [
        ['Failed', 'main: Error (exit code 1)'],
        ['Succeeded', ''],
      ],
    ]);
    expect(await logOf(step?.tries[0]?.podName)).toBe(`try of ${firstTry}\nError: exit status 1\n`);
    expect(await logOf(step?.podName)).not.toContain(firstTry);
  });

  test('gives up on a step after its last try', async () => {
    const made = await start(
      engine,
      compiled(engine, [{ kind: 'steps', key: 'test', needs: [], steps: [aStep('hopeless', 'exit 4', { retries: 1 })] }]),
    );
    const step = (await ended(engine, made.name)).stages[0]?.steps[0];
    expect([step?.phase, step?.message, step?.tries.map(({ phase }) => phase)]).toEqual([
      'Failed',
      'No more retries left',
      ['Failed', 'Failed'],
    ]);
  });

  test('ends a step that takes too long', async () => {
    const made = await start(
      engine,
      compiled(engine, [{ kind: 'steps', key: 'test', needs: [], steps: [aStep('endless', 'sleep 600', { timeoutSeconds: 3 })] }]),
    );
    const view = await ended(engine, made.name);
    expect([view.phase, view.stages[0]?.steps[0]?.phase]).toEqual(['Failed', 'Failed']);
    expect(view.stages[0]?.steps[0]?.message).toBe('Pod was active on the node longer than the specified deadline');
  });

  test('ends as a whole when its time is over', async () => {
    const made = await start(
      engine,
      compiled(engine, [{ kind: 'steps', key: 'test', needs: [], steps: [aStep('endless', 'sleep 600')] }], { timeoutSeconds: 5 }),
    );
    const view = await ended(engine, made.name);
    expect([view.phase, view.stages[0]?.phase]).toEqual(['Failed', 'Failed']);
  });
});
