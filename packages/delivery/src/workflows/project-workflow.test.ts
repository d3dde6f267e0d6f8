import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { segmentOf, workflowView } from '@flow/core/workflow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileWorkflow } from './compile-workflow.ts';
import { fnv1a32, gateNodeId, nodeId, podName, workflowName } from './names.ts';
import { projectWorkflow } from './project-workflow.ts';

const step = (key: string, needs: string[] = []) => ({
  key,
  needs,
  image: 'a',
  script: 'x',
  command: null,
  env: {},
  retries: 1,
  timeoutSeconds: 1,
});
const compiled = compileWorkflow({
  runId: 'r1',
  segment: 1,
  attempt: 1,
  namespace: 'shop',
  labels: {},
  stages: [
    { kind: 'steps', key: 'test', needs: [], steps: [step('unit'), step('lint', ['unit'])] },
    { kind: 'publish', key: 'pub', needs: ['test'], step: step('publish') },
    { kind: 'gate', key: 'go', needs: ['pub'], outputs: ['by'] },
  ],
  parameters: {},
  timeoutSeconds: 60,
  checkout: null,
});
const spec = compiled.ok ? compiled.workflow.spec : {};
const name = 'run-r1-s1-a1';

function aWorkflow(nodes: Record<string, Record<string, unknown>>, status: Record<string, unknown> = {}) {
  const byId = Object.fromEntries(
    Object.entries(nodes).map(([nodeName, node]) => [nodeId(name, nodeName), { id: nodeId(name, nodeName), name: nodeName, ...node }]),
  );
  return {
    metadata: { name, namespace: 'shop', uid: 'u', resourceVersion: '1', labels: { 'flow.dev/run': 'r1', other: 'x' } },
    spec,
    status: { phase: 'Running', nodes: byId, ...status },
  };
}

const nodes = {
  [`${name}.test`]: { type: 'DAG', phase: 'Succeeded' },
  [`${name}.test.unit`]: { type: 'Retry', phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z' },
  [`${name}.test.unit(0)`]: { type: 'Pod', phase: 'Failed', message: 'exit code 1' },
  [`${name}.test.unit(1)`]: { type: 'Pod', phase: 'Succeeded' },
  [`${name}.test.lint`]: { type: 'Pod', phase: 'Succeeded' },
  [`${name}.pub`]: { type: 'DAG', phase: 'Succeeded' },
  [`${name}.pub.publish`]: {
    type: 'Pod',
    phase: 'Succeeded',
    outputs: {
      parameters: [
        { name: 'digest', value: 'sha256:1' },
        { name: 'version', value: '' },
      ],
    },
  },
  [`${name}.go`]: { type: 'Suspend', phase: 'Running', outputs: { parameters: [{ name: 'by', valueFrom: { supplied: {} } }] } },
};

describe('names', () => {
  test('of nodes are those of the engine', () => {
    expect(fnv1a32('w1[1].approve')).toBe(1858159943);
    expect(nodeId('w1', 'w1')).toBe('w1');
    expect(podName('w1', 'main', 'w1[0].a')).toBe(`w1-main-${fnv1a32('w1[0].a')}`);
    expect(podName('w'.repeat(200), 't'.repeat(100), 'x')).toHaveLength(242 + 1 + String(fnv1a32('x')).length);
  });

  test('of Workflows fit into a label for every id, and differ for different tries', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,63}$/), (runId) => {
        const one = workflowName({ runId, segment: 1, attempt: 1 });
        expect(one).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])$/);
        expect(workflowName({ runId, segment: 1, attempt: 2 })).not.toBe(one);
      }),
    );
  });
});

describe('the view of a Workflow', () => {
  test('shows stages and steps in order, every try with its pod, and an open gate', () => {
    const view = projectWorkflow(aWorkflow(nodes));
    expect(workflowView.parse(view)).toEqual(view);
    expect(view.labels).toEqual({ 'flow.dev/run': 'r1' });
    const [testing, publish, gate] = view.stages;
    expect(testing?.steps.map((one) => [one.key, one.phase, one.tries.length])).toEqual([
      ['unit', 'Succeeded', 2],
      ['lint', 'Succeeded', 1],
    ]);
    expect(testing?.steps[0]?.podName).toBe(`${name}-step-0-unit-${fnv1a32(`${name}.test.unit(1)`)}`);
    expect(publish?.outputs).toEqual({ digest: 'sha256:1', version: '' });
    expect(gate).toMatchObject({ kind: 'gate', open: true, outputs: {}, nodeId: gateNodeId(name, 'go') });
    expect(segmentOf(view).stages.map((stage) => stage.state)).toEqual(['succeeded', 'succeeded', 'open']);
  });

  test('shows what has not begun', () => {
    expect(projectWorkflow(aWorkflow({}, { phase: '' })).stages.map((stage) => [stage.phase, stage.open])).toEqual([
      ['Waiting', false],
      ['Waiting', false],
      ['Waiting', false],
    ]);
  });

  test('names the step that failed', () => {
    const failed = {
      ...nodes,
      [`${name}.test`]: { type: 'DAG', phase: 'Failed' },
      [`${name}.test.lint`]: { type: 'Pod', phase: 'Failed', message: 'exit code 2' },
    };
    expect(segmentOf(projectWorkflow(aWorkflow(failed, { phase: 'Failed' })))).toMatchObject({
      outcome: 'failed',
      stages: [{ state: 'failed', message: 'step lint: exit code 2' }, {}, {}],
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
    ['brotli', brotliCompressSync],
  ])('is the same when the nodes are packed with %s', (_what, pack) => {
    const plain = aWorkflow(nodes);
    const compressedNodes = pack(Buffer.from(JSON.stringify(plain.status.nodes))).toString('base64');
    expect(projectWorkflow({ ...plain, status: { phase: 'Running', compressedNodes } })).toEqual(projectWorkflow(plain));
  });

  test('says when the nodes are out of reach', () => {
    expect(projectWorkflow(aWorkflow({}, { nodes: undefined, offloadNodeStatusVersion: 'fnv:1' })).nodesReadable).toBe(false);
  });

  test('is always of the right form, whatever a cluster sends', () => {
    fc.assert(
      fc.property(
        fc.record({
          metadata: fc.anything(),
          status: fc.record({ phase: fc.anything(), nodes: fc.dictionary(fc.constantFrom(nodeId(name, `${name}.go`)), fc.anything()) }),
        }),
        (object) => {
          expect(workflowView.safeParse(projectWorkflow({ ...object, spec })).success).toBe(true);
        },
      ),
    );
  });
});
