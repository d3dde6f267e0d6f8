import { kinds } from '@flow/delivery/cluster';
import { compileWorkflow, createWorkflow, parkWorkflow, projectWorkflow } from '@flow/delivery/workflows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { openSandboxCluster } from '../contract/sandbox-cluster.ts';
import type { ContractCluster } from '../contract/sandbox-cluster.ts';

let cluster: ContractCluster;
beforeAll(async () => {
  cluster = await openSandboxCluster({ controllers: true });
});
afterAll(async () => {
  await cluster.close();
});

test(
  'a Workflow at a gate that waits for long is ended with its mark, once nothing moves in it, and not before',
  { timeout: 120_000 },
  async () => {
    const compiled = compileWorkflow({
      runId: 'r1',
      segment: 1,
      attempt: 1,
      namespace: 'shop',
      labels: { 'flow.dev/tenant': 'shop' },
      stages: [
        { kind: 'gate', key: 'go', needs: [] },
        { kind: 'gate', key: 'later', needs: ['go'] },
      ],
      parameters: {},
      timeoutSeconds: 60,
      checkout: null,
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
    const { name } = compiled.workflow.metadata;
    const made = await createWorkflow(cluster.client, compiled.workflow);
    if (made.outcome === 'refused') throw new Error(made.why);
    const view = async () => {
      const answer = await cluster.client.get({ kind: kinds.workflows, namespace: 'shop', name });
      if (!answer.ok) throw new Error(answer.message);
      return projectWorkflow(answer.value);
    };
    const ref = { namespace: 'shop', name, uid: made.uid };
    await eventually('the gate is open', async () => (await view()).stages[0]?.open === true);
    expect(await parkWorkflow(cluster.client, ref, () => false)).toEqual({ outcome: 'moved' });
    expect((await view()).shutdown).toBeNull();
    expect(await parkWorkflow(cluster.client, ref, (seen) => seen.stages[0]?.open === true)).toEqual({ outcome: 'parked' });
    const ended = await eventually('the Workflow has ended', async () => {
      const seen = await view();
      return seen.completed && seen;
    });
    expect(ended).toMatchObject({ phase: 'Failed', labels: { 'flow.dev/parked': 'true', 'flow.dev/run': 'r1' } });
    expect(ended.stages.map((stage) => stage.open)).toEqual([false, false]);
    // A worker that died before it had recorded it finds the mark.
    expect(await parkWorkflow(cluster.client, ref, () => false)).toEqual({ outcome: 'parked' });
  },
);
