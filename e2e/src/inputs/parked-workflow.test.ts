import { parkWorkflow } from '@flow/delivery/workflows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../contract/engine/engine.ts';
import type { Engine } from '../contract/engine/engine.ts';
import { compiled, ended, start, viewOf, workflowAt } from '../contract/workflows/run-workflow.ts';

let cluster: Engine;
beforeAll(async () => {
  cluster = await openEngine();
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

test(
  'a Workflow at a gate that waits for long is ended with its mark, once nothing moves in it, and not before',
  { timeout: 120_000 },
  async () => {
    const ref = await start(
      cluster,
      compiled(cluster, [
        { kind: 'gate', key: 'go', needs: [] },
        { kind: 'gate', key: 'later', needs: ['go'] },
      ]),
    );
    const { name } = ref;
    await workflowAt(cluster, name, (view) => view.stages[0]?.open === true);
    expect(await parkWorkflow(cluster.client, ref, () => false)).toEqual({ outcome: 'moved' });
    expect((await viewOf(cluster, name)).shutdown).toBeNull();
    expect(await parkWorkflow(cluster.client, ref, (seen) => seen.stages[0]?.open === true)).toEqual({ outcome: 'parked' });
    const last = await ended(cluster, name);
    expect(last).toMatchObject({ phase: 'Failed', labels: { 'flow.dev/parked': 'true', 'flow.dev/tenant': 'shop' } });
    expect(last.stages.map((stage) => stage.open)).toEqual([false, false]);
    // A worker that died before it had recorded it finds the mark.
    expect(await parkWorkflow(cluster.client, ref, () => false)).toEqual({ outcome: 'parked' });
  },
);
