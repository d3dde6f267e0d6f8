import { createWorkflow, gateNodeId, settleGate, type CompileInput } from '@flow/delivery/workflows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { aStep, compiled, ended, start, viewOf, workflowAt } from './run-workflow.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

/** Fails in the first Workflow of its run, and holds in the next. */
const failsFirst = 'case "$ARGO_NODE_ID" in *-s1-a1-*) exit 3;; esac';
const runId = 'retried';
const stages: CompileInput['stages'] = [
  { kind: 'steps', key: 'build', needs: [], steps: [aStep('make', 'true')] },
  { kind: 'steps', key: 'test', needs: ['build'], steps: [aStep('unit', 'true'), aStep('flaky', failsFirst)] },
  { kind: 'gate', key: 'go', needs: ['test'], outputs: ['by'] },
  { kind: 'steps', key: 'after', needs: ['go', 'build'], steps: [aStep('bye', 'true')] },
];

test('a run that failed is retried from there: a second Workflow has the stages that did not succeed, and the first one stays as it is', async () => {
  const first = await start(engine, compiled(engine, stages, { runId, segment: 1 }));
  const failed = await ended(engine, first.name);
  expect([failed.phase, failed.stages.map(({ key, phase }) => [key, phase])]).toEqual([
    'Failed',
    [
      ['build', 'Succeeded'],
      ['test', 'Failed'],
      ['go', 'Omitted'],
      ['after', 'Omitted'],
    ],
  ]);

  const rest = stages.filter(({ key }) => key !== 'build');
  const retry = compiled(engine, rest, { runId, segment: 2 });
  const second = await start(engine, retry);
  expect(second.name).not.toBe(first.name);
  expect(await createWorkflow(engine.client, retry)).toEqual({ outcome: 'existed', uid: second.uid });

  await workflowAt(engine, second.name, (view) => view.stages[1]?.open === true);
  const settlement = { nodeId: gateNodeId(second.name, 'go'), outputs: { by: 'ana' }, message: 'Approved by ana', at: new Date() };
  expect(await settleGate(engine.client, { ...first, ...settlement, outcome: 'succeeded' })).toMatchObject({ outcome: 'refused' });
  expect(await settleGate(engine.client, { ...second, ...settlement, outcome: 'succeeded' })).toEqual({ outcome: 'done' });
  const view = await ended(engine, second.name);
  expect([view.phase, view.stages.map(({ key, phase, steps }) => [key, phase, steps.map((step) => [step.key, step.phase])])]).toEqual([
    'Succeeded',
    [
      [
        'test',
        'Succeeded',
        [
          ['unit', 'Succeeded'],
          ['flaky', 'Succeeded'],
        ],
      ],
      ['go', 'Succeeded', []],
      ['after', 'Succeeded', [['bye', 'Succeeded']]],
    ],
  ]);
  const unchanged = await viewOf(engine, first.name);
  expect([unchanged.phase, unchanged.stages]).toEqual([failed.phase, failed.stages]);
});
