import { kinds } from '@flow/delivery/cluster';
import { createWorkflow, gateNodeId, packNodes, settleGate, stopWorkflow, terminateWorkflow } from '@flow/delivery/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { compiled, start, viewOf } from './run-workflow.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

/** Two gates, for no controller of Workflows: their state is written by hand, so that each state can be had. */
function twoGates() {
  const workflow = compiled(engine, [
    { kind: 'gate', key: 'go', needs: [], outputs: ['by'] },
    { kind: 'gate', key: 'later', needs: ['go'] },
  ]);
  const labels = { ...workflow.metadata.labels, 'workflows.argoproj.io/controller-instanceid': 'nobody' };
  return { ...workflow, metadata: { ...workflow.metadata, labels } };
}

const ref = (name: string) => ({ kind: kinds.workflows, namespace: engine.namespace, name });
const view = (name: string) => viewOf(engine, name);

/** A Workflow whose first gate is open, with its nodes in the object or packed. */
async function givenOpenGate(packed: boolean) {
  const made = await start(engine, twoGates());
  const { name } = made;
  const nodeId = gateNodeId(name, 'go');
  const nodes = {
    [name]: { id: name, name, type: 'DAG', phase: 'Running' },
    [nodeId]: {
      id: nodeId,
      name: `${name}.go`,
      type: 'Suspend',
      phase: 'Running',
      outputs: { parameters: [{ name: 'by', valueFrom: { supplied: {}, default: '' } }] },
    },
  };
  const status = packed ? { phase: 'Running', compressedNodes: packNodes(nodes) } : { phase: 'Running', nodes };
  const patched = await engine.client.patch(ref(name), { type: 'merge', body: { status } });
  if (!patched.ok) throw new Error(patched.detail);
  return { ...made, nodeId };
}

const at = new Date('2026-01-01T00:00:00Z');

describe.each([false, true])('a gate (nodes packed: %s)', (packed) => {
  test('is settled once with who and why; the same again is done, another answer is refused', async () => {
    const gate = await givenOpenGate(packed);
    const approval = { ...gate, outcome: 'succeeded' as const, outputs: { by: 'ana' }, message: 'Approved by ana: a-1', at };
    expect((await view(gate.name)).stages[0]?.open).toBe(true);
    expect(await settleGate(engine.client, approval)).toEqual({ outcome: 'done' });
    expect((await view(gate.name)).stages[0]).toMatchObject({
      phase: 'Succeeded',
      open: false,
      outputs: { by: 'ana' },
      message: 'Approved by ana: a-1',
      finishedAt: '2026-01-01T00:00:00Z',
    });
    expect(await settleGate(engine.client, approval)).toEqual({ outcome: 'done' });
    expect(await settleGate(engine.client, { ...approval, outcome: 'failed', message: 'Rejected by bo' })).toEqual({
      outcome: 'refused',
      why: 'The gate was already settled as succeeded: Approved by ana: a-1',
    });
  });

  test('takes one of two answers at the same moment', async () => {
    const gate = await givenOpenGate(packed);
    const answers = ['ana', 'bo', 'cy'].map((by) =>
      settleGate(engine.client, { ...gate, outcome: 'succeeded', outputs: { by }, message: `Approved by ${by}`, at }),
    );
    expect((await Promise.all(answers)).filter((one) => one.outcome === 'done')).toHaveLength(1);
  });

  test('can be rejected, and keeps every other node', async () => {
    const gate = await givenOpenGate(packed);
    expect(await settleGate(engine.client, { ...gate, outcome: 'failed', outputs: {}, message: 'Rejected by bo', at })).toEqual({
      outcome: 'done',
    });
    expect((await view(gate.name)).stages[0]).toMatchObject({ phase: 'Failed', message: 'Rejected by bo' });
  });

  test('that is not open yet, or of a Workflow that was replaced, is refused', async () => {
    const gate = await givenOpenGate(packed);
    const settle = { ...gate, outcome: 'succeeded' as const, outputs: {}, message: 'x', at };
    expect(await settleGate(engine.client, { ...settle, nodeId: gateNodeId(gate.name, 'later') })).toMatchObject({
      why: 'The run has not come to this gate yet',
    });
    expect(await settleGate(engine.client, { ...settle, nodeId: gate.name })).toMatchObject({ why: 'This is not a gate' });
    expect(await settleGate(engine.client, { ...settle, uid: 'other' })).toMatchObject({ why: 'The run is not there any more' });
  });
});

describe('a Workflow', () => {
  test('is made once, however often it is asked for', async () => {
    const workflow = twoGates();
    const first = await createWorkflow(engine.client, workflow);
    expect(first.outcome).toBe('created');
    expect(await createWorkflow(engine.client, workflow)).toEqual({ ...first, outcome: 'existed' });
  });

  test('of the same name that Flow did not make is left alone', async () => {
    const workflow = twoGates();
    const labels = { 'flow.dev/run': 'another' };
    await engine.client.create(
      { kind: kinds.workflows, namespace: engine.namespace },
      { ...workflow, metadata: { ...workflow.metadata, labels } },
    );
    expect(await createWorkflow(engine.client, workflow)).toMatchObject({
      outcome: 'refused',
      why: expect.stringMatching(/which Flow did not make/),
    });
  });

  test('for a namespace that is not there is refused with what to do', async () => {
    const workflow = twoGates();
    const refused = await createWorkflow(engine.client, { ...workflow, metadata: { ...workflow.metadata, namespace: 'nowhere' } });
    expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringMatching(/no namespace nowhere/) });
  });

  test('is stopped, then terminated; one that is gone or another one is left alone', async () => {
    const gate = await givenOpenGate(false);
    await stopWorkflow(engine.client, gate);
    expect((await view(gate.name)).shutdown).toBe('Stop');
    await terminateWorkflow(engine.client, { ...gate, uid: 'other' });
    expect((await view(gate.name)).shutdown).toBe('Stop');
    await terminateWorkflow(engine.client, gate);
    expect((await view(gate.name)).shutdown).toBe('Terminate');
    expect(await terminateWorkflow(engine.client, { ...gate, name: 'gone' })).toEqual({ outcome: 'done' });
  });
});
