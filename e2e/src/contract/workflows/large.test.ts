import { kinds } from '@flow/delivery/cluster';
import { objectAt, textAt } from '@flow/delivery/json';
import { gateNodeId, settleGate, terminateWorkflow, type CompiledWorkflow, type CompileInput } from '@flow/delivery/workflows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { aStep, compiled, ended, start, viewOf, workflowAt } from './run-workflow.ts';

type Stage = CompileInput['stages'][number];

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

/** From this size on Argo packs the nodes of a Workflow. */
const packedFromBytes = 1024 * 1024;
/** What is left for the nodes: packed they fit in, and as they are they do not. */
const roomBytes = 24_000;
const gateCount = 100;
const largestScript = 100_000;
const keyOf = (index: number) => `gate-${String(index).padStart(3, '0')}`;

/** Many gates that open at once, and behind them steps with so much text that the object is almost as large as it may be. */
function almostTooLarge(): CompiledWorkflow {
  const gates = Array.from({ length: gateCount }, (_unused, index): Stage => ({ kind: 'gate', key: keyOf(index), needs: [] }));
  const build = (scripts: readonly number[]): CompiledWorkflow => {
    const steps = scripts.map((size, index) => aStep(`step-${index}`, `: ${'x'.repeat(size)}`));
    return compiled(engine, [...gates, { kind: 'steps', key: 'after', needs: [keyOf(0)], steps }]);
  };
  const sizeOf = (scripts: readonly number[]): number => Buffer.byteLength(JSON.stringify(build(scripts)));
  const scripts: number[] = [1];
  while (sizeOf([...scripts, largestScript - 10]) < packedFromBytes - roomBytes) scripts.push(largestScript - 10);
  const missing = packedFromBytes - roomBytes - sizeOf(scripts);
  return build([Math.floor((missing * 3) / 4), ...scripts.slice(1)]);
}

test('the nodes of a large run are packed, read all the same, and each gate is settled once', async () => {
  const made = await start(engine, almostTooLarge());
  await workflowAt(engine, made.name, ({ stages }) => stages.every(({ kind, open }) => open || kind === 'steps'));
  const stored = await engine.admin.get({ kind: kinds.workflows, namespace: engine.namespace, name: made.name });
  if (!stored.ok) throw new Error(stored.message);
  expect(textAt(stored.value, 'status', 'compressedNodes')).not.toBe('');
  expect(objectAt(stored.value, 'status', 'nodes')).toEqual({});
  const approval = {
    ...made,
    nodeId: gateNodeId(made.name, keyOf(7)),
    outcome: 'succeeded',
    outputs: {},
    message: 'Approved by ana',
    at: new Date(),
  } as const;
  expect(await settleGate(engine.client, approval)).toEqual({ outcome: 'done' });
  expect(await settleGate(engine.client, { ...approval, outcome: 'failed', message: 'Rejected by bo' })).toMatchObject({
    outcome: 'refused',
  });
  const view = await viewOf(engine, made.name);
  expect(view.stages.filter(({ kind, open }) => kind === 'gate' && !open).map(({ key, phase, message }) => [key, phase, message])).toEqual([
    [keyOf(7), 'Succeeded', 'Approved by ana'],
  ]);
  await terminateWorkflow(engine.client, made);
  const last = await ended(engine, made.name);
  expect(last.stages.filter(({ phase }) => phase === 'Succeeded')).toHaveLength(1);
  expect(last.stages.filter(({ kind, phase }) => kind === 'gate' && phase === 'Failed')).toHaveLength(gateCount - 1);
});
