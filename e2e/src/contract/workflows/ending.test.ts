import { gateNodeId, settleGate, stopWorkflow, terminateWorkflow } from '@flow/delivery/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { aStep, compiled, ended, start, viewOf, workflowAt, type Made } from './run-workflow.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const settlement = (made: Made, gate: string) => ({ ...made, nodeId: gateNodeId(made.name, gate), outputs: {}, at: new Date() }) as const;

describe.concurrent('a gate under its controller', () => {
  test('opens when what it needs is done, and lets the run go on when it is settled; a second answer is refused', async () => {
    const made = await start(
      engine,
      compiled(engine, [
        { kind: 'steps', key: 'before', needs: [], steps: [aStep('one', 'true')] },
        { kind: 'gate', key: 'go', needs: ['before'], outputs: ['by', 'note'] },
        { kind: 'steps', key: 'after', needs: ['go'], steps: [aStep('two', 'true')] },
      ]),
    );
    const gate = settlement(made, 'go');
    const early = await settleGate(engine.client, { ...gate, outcome: 'succeeded', message: 'too early' });
    expect(early).toMatchObject({ outcome: 'refused' });
    await workflowAt(engine, made.name, ({ stages }) => stages[1]?.open === true);
    const approval = { ...gate, outcome: 'succeeded', outputs: { by: 'ana', note: 'go "on" {{x}}' }, message: 'Approved by ana' } as const;
    expect(await settleGate(engine.client, approval)).toEqual({ outcome: 'done' });
    expect(await settleGate(engine.client, { ...gate, outcome: 'failed', message: 'Rejected by bo' })).toEqual({
      outcome: 'refused',
      why: 'The gate was already settled as succeeded: Approved by ana',
    });
    const view = await ended(engine, made.name);
    expect(view.stages.map(({ key, phase }) => [key, phase])).toEqual([
      ['before', 'Succeeded'],
      ['go', 'Succeeded'],
      ['after', 'Succeeded'],
    ]);
    expect(view.stages[1]).toMatchObject({ message: 'Approved by ana', outputs: { by: 'ana', note: 'go "on" {{x}}' }, open: false });
    expect(await settleGate(engine.client, approval)).toEqual({ outcome: 'done' });
  });

  test('beside another one is settled by itself', async () => {
    const made = await start(
      engine,
      compiled(engine, [
        { kind: 'gate', key: 'left', needs: [] },
        { kind: 'gate', key: 'right', needs: [] },
        { kind: 'gate', key: 'both', needs: ['left', 'right'] },
      ]),
    );
    await workflowAt(engine, made.name, ({ stages }) => stages[0]?.open === true && stages[1]?.open === true);
    await settleGate(engine.client, { ...settlement(made, 'left'), outcome: 'succeeded', message: 'left' });
    expect((await viewOf(engine, made.name)).stages.map(({ open }) => open)).toEqual([false, true, false]);
    await settleGate(engine.client, { ...settlement(made, 'right'), outcome: 'succeeded', message: 'right' });
    await workflowAt(engine, made.name, ({ stages }) => stages[2]?.open === true);
    await settleGate(engine.client, { ...settlement(made, 'both'), outcome: 'succeeded', message: 'both' });
    expect((await ended(engine, made.name)).phase).toBe('Succeeded');
  });

  test('that is refused fails the run, and nothing after it runs', async () => {
    const made = await start(
      engine,
      compiled(engine, [
        { kind: 'gate', key: 'go', needs: [] },
        { kind: 'steps', key: 'after', needs: ['go'], steps: [aStep('two', 'true')] },
      ]),
    );
    await workflowAt(engine, made.name, ({ stages }) => stages[0]?.open === true);
    await settleGate(engine.client, { ...settlement(made, 'go'), outcome: 'failed', message: 'Rejected by bo' });
    const view = await ended(engine, made.name);
    expect([view.phase, view.stages.map(({ phase, message }) => [phase, message])]).toEqual([
      'Failed',
      [
        ['Failed', 'Rejected by bo'],
        ['Omitted', 'omitted: depends condition not met'],
      ],
    ]);
  });
});

describe.concurrent('a run that is ended', () => {
  const running = () =>
    compiled(engine, [
      { kind: 'steps', key: 'work', needs: [], steps: [aStep('long', 'sleep 600')] },
      { kind: 'steps', key: 'after', needs: ['work'], steps: [aStep('never', 'true')] },
    ]);

  test.each([
    ['stopped', stopWorkflow, 'Stop'],
    ['terminated', terminateWorkflow, 'Terminate'],
  ] as const)('in the middle of a step is %s with its pod, and starts nothing more', async (_how, end, shutdown) => {
    const made = await start(engine, running());
    await workflowAt(engine, made.name, ({ stages }) => stages[0]?.steps[0]?.phase === 'Running');
    expect(await end(engine.client, made)).toEqual({ outcome: 'done' });
    const view = await ended(engine, made.name);
    expect(view).toMatchObject({ phase: 'Failed', shutdown, message: `Stopped with strategy '${shutdown}'` });
    expect(view.stages[0]?.phase).toBe('Failed');
    expect(view.stages[1]?.steps[0]?.tries).toEqual([]);
    expect(await end(engine.client, made)).toEqual({ outcome: 'done' });
  });

  test.each([
    ['stopped', stopWorkflow, 'Stop'],
    ['terminated', terminateWorkflow, 'Terminate'],
  ] as const)('at a gate is %s, and the gate fails', async (_how, end, shutdown) => {
    const made = await start(
      engine,
      compiled(engine, [
        { kind: 'gate', key: 'go', needs: [] },
        { kind: 'gate', key: 'later', needs: ['go'] },
      ]),
    );
    await workflowAt(engine, made.name, ({ stages }) => stages[0]?.open === true);
    await end(engine.client, made);
    const view = await ended(engine, made.name);
    expect(view).toMatchObject({ phase: 'Failed', shutdown });
    expect(view.stages[0]).toMatchObject({ phase: 'Failed', open: false, message: `Stopped with strategy '${shutdown}'` });
    expect(await settleGate(engine.client, { ...settlement(made, 'go'), outcome: 'succeeded', message: 'too late' })).toMatchObject({
      outcome: 'refused',
    });
  });
});
