import { answerGate } from '@flow/operations/pipeline';
import { listArtifacts } from '@flow/db/artifact';
import { listEvidence } from '@flow/db/evidence';
import { listCommits } from '@flow/db/promotion';
import { actAs } from '@flow/operations/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestRun } from '../testing/run-world.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const digest = `sha256:${'9'.repeat(64)}`;
const definition = `version: 1
stages:
  - name: build
    steps: [{ name: compile, script: make }]
  - name: publish
    publish: { repository: registry.test/checkout, script: make image }
  - name: go
    approval: {}
  - name: after
    steps: [{ name: announce, script: echo done }]
`;
const built = [
  { stage: 'build', phase: 'Succeeded' },
  { stage: 'build', step: 'compile', phase: 'Succeeded' },
] as const;
const published = [
  ...built,
  { stage: 'publish', phase: 'Succeeded' },
  { stage: 'publish', step: 'publish', phase: 'Succeeded', outputs: { digest, version: '2.1.0' } },
] as const;
const after = [
  { stage: 'after', phase: 'Succeeded' },
  { stage: 'after', step: 'announce', phase: 'Succeeded' },
] as const;
const answer = (run: TestRun, approved = true) =>
  answerGate(actAs(world.db, world.tenant.id, world.tenant.people.releaseManager.actor), {
    runId: run.id,
    stageKey: 'go',
    approved,
    comment: approved ? '' : 'not today',
  });

describe('a run', () => {
  test('goes from its commit to its end: one Workflow, one artifact with the version of its chart, one answer', async () => {
    await world.db.prisma.service.updateMany({
      where: { id: world.tenant.serviceId },
      data: { chart: { kind: 'repository', path: 'chart' } },
    });
    const run = await TestRun.start(world, definition);
    await run.reconcile();
    expect(await run.shown()).toMatchObject({ state: 'running', stages: { build: 'pending', publish: 'pending', go: 'pending' } });
    await run.report([...published, { stage: 'go', phase: 'Running', startedAt: world.now() }]);
    await run.reconcile();
    expect(await run.shown()).toMatchObject({
      state: 'waiting',
      reason: 'Waits for a release manager',
      artifact: { version: '2.1.0', digest, chartVersion: '3.2.1' },
    });
    expect((await listArtifacts(world.db.prisma, world.tenant.id, { runId: run.id, limit: 5 })).items).toHaveLength(1);
    await answer(run);
    await run.reconcile();
    await run.observe();
    await run.report(after, 'Succeeded');
    expect(await run.reconcile()).toEqual({ kind: 'done' });
    const shown = await run.shown();
    expect(shown).toMatchObject({ state: 'succeeded', reason: null, segments: [{ ordinal: 1 }] });
    expect(Object.values(shown.stages)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(run.workflows).toHaveLength(1);
    await world.db.prisma.service.updateMany({ where: { id: world.tenant.serviceId }, data: { chart: { kind: 'flow' } } });
  });

  test('keeps what came before its commit, so that it can be said what a version contains', async () => {
    const run = await TestRun.start(world, definition);
    await run.reconcile();
    const commits = await listCommits(world.db.prisma, world.tenant.id, world.tenant.serviceId);
    expect(commits).toContainEqual(expect.objectContaining({ message: 'Add a thing', parents: ['a'.repeat(40)] }));
  });

  test('that two workers look at in the same moment makes one Workflow', async () => {
    const run = await TestRun.start(world, definition);
    await Promise.all([run.reconcile(), run.reconcile(), run.reconcile()]);
    expect(run.workflows).toHaveLength(1);
    expect((await run.shown()).segments).toMatchObject([{ ordinal: 1, workflowUid: run.workflows[0]?.metadata['uid'] }]);
  });

  test('whose worker died after the Workflow was made and before it was recorded finds that Workflow', async () => {
    const run = await TestRun.start(world, definition);
    await run.reconcile();
    await world.db.prisma.engineAction.updateMany({ where: { runId: run.id }, data: { state: 'intended' } });
    await world.db.prisma.runSegment.updateMany({ where: { runId: run.id }, data: { workflowUid: null, state: 'intended' } });
    await run.reconcile();
    expect(run.workflows).toHaveLength(1);
    expect((await run.shown()).segments).toMatchObject([{ workflowUid: run.workflows[0]?.metadata['uid'], state: 'running' }]);
  });

  test('that wrote no digest fails at its publish stage and says which file was meant', async () => {
    const run = await TestRun.start(world, definition);
    await run.reconcile();
    await run.report([...built, { stage: 'publish', phase: 'Succeeded' }, { stage: 'publish', step: 'publish', phase: 'Succeeded' }]);
    await run.reconcile();
    expect(run.workflows[0]?.spec['shutdown']).toBe('Terminate');
    await run.report([], 'Failed');
    expect(await run.reconcile()).toEqual({ kind: 'done' });
    expect(await run.shown()).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('$FLOW_DIGEST_FILE'),
      stages: { build: 'succeeded', publish: 'failed', go: 'skipped', after: 'skipped' },
      artifact: null,
    });
  });

  test('deploys to an environment once, also when its worker died after asking', async () => {
    const run = await TestRun.start(world, definition.replace('approval: {}', 'deploy: { environment: dev }'));
    await run.reconcile();
    await run.report([...published, { stage: 'go', phase: 'Running', startedAt: world.now() }]);
    await run.reconcile();
    const deploymentIds = async () => (await run.shown()).rows.map((stage) => stage.deploymentId).filter((id) => id !== null);
    const [asked] = await deploymentIds();
    expect(asked).toBeDefined();
    await world.db.prisma.stageRun.updateMany({ where: { runId: run.id }, data: { deploymentId: null } });
    await run.reconcile();
    expect(await deploymentIds()).toEqual([asked]);
  });

  test('whose environment went away before it was deployed to fails there with the reason, and asks no more', async () => {
    const run = await TestRun.start(world, definition.replace('approval: {}', 'deploy: { environment: quiet }'));
    await run.reconcile();
    await world.db.prisma.environment.updateMany({ where: { id: world.tenant.quietId }, data: { slug: 'gone' } });
    await run.report([...published, { stage: 'go', phase: 'Running', startedAt: world.now() }]);
    await run.reconcile();
    await run.observe();
    await run.report([], 'Failed');
    expect(await run.reconcile()).toEqual({ kind: 'done' });
    expect((await run.shown()).reason).toBe('Stage go failed: There is no environment named quiet: create it, or change stage go');
    await world.db.prisma.environment.updateMany({ where: { id: world.tenant.quietId }, data: { slug: 'quiet' } });
  });
});

describe('what the steps of a run have found out', () => {
  const evidencing = definition.replace('script: make }', 'script: make test, evidence: true }');
  const wrote = (text: string) => [
    { stage: 'build', phase: 'Succeeded' as const },
    { stage: 'build', step: 'compile', phase: 'Succeeded' as const, outputs: { evidence: text } },
  ];
  const kept = (run: TestRun) => listEvidence(world.db.prisma, world.tenant.id, { digest, runId: run.id });

  test('is kept once as evidence of what the run builds, also when two workers do it at the same time', async () => {
    const run = await TestRun.start(world, evidencing);
    await run.reconcile();
    expect(JSON.stringify(run.workflows[0]?.spec)).toContain('FLOW_EVIDENCE_FILE');
    await run.report(wrote('{"kind":"tests","passed":12,"failed":0}\n{"kind":"coverage","percent":81,"source":"c8"}'));
    await Promise.all([run.reconcile(), run.reconcile()]);
    await run.reconcile();
    expect((await run.shown()).stages).toMatchObject({ build: 'succeeded' });
    expect((await kept(run)).map(({ source, found }) => [source, found.kind])).toEqual(
      expect.arrayContaining([
        ['build/compile', 'tests'],
        ['c8', 'coverage'],
      ]),
    );
    expect(await kept(run)).toHaveLength(2);
  });

  test('that cannot be read is told with its step and line, and the run goes on without it', async () => {
    const run = await TestRun.start(world, evidencing);
    await run.reconcile();
    await run.report(wrote('{"kind":"tests","passed":12,"failed":0}\n12 passed'));
    await run.reconcile();
    const build = (await run.shown()).rows.find(({ key }) => key === 'build');
    expect(build).toMatchObject({ state: 'succeeded', reason: expect.stringMatching(/not kept\. Step compile .* Line 2: /) });
    expect(await kept(run)).toEqual([]);
  });
});

describe('a definition', () => {
  test.each([
    ['broken YAML', 'version: 1\nstages: [', 'line 2, column 10'],
    ['an unknown field', 'version: 1\nstages:\n  - name: a\n    stepz: []\n', 'line 3, column 5'],
    [
      'stages that wait for each other',
      'version: 1\nstages:\n  - { name: a, needs: [b], approval: {} }\n  - { name: b, needs: [a], approval: {} }\n',
      'line 3, column 16: These stages wait for each other: a → b → a',
    ],
    [
      'a name with illegal characters',
      'version: 1\nstages:\n  - { name: "a b/../c", approval: {} }\n',
      'line 3, column 7: use lower-case letters',
    ],
    [
      'an environment that is not there',
      definition.replace('approval: {}', 'deploy: { environment: mars }'),
      'there is no environment named mars',
    ],
    ['no definition at all', null, '.flow/pipeline.yaml'],
  ])('with %s ends the run with its place, and nothing is made in the cluster', async (_what, text, sentence) => {
    const run = await TestRun.start(world, text);
    expect(await run.reconcile()).toEqual({ kind: 'done' });
    const { state, reason } = await run.shown();
    expect(state).toBe('errored');
    expect(reason).toContain(sentence);
    expect(run.workflows).toEqual([]);
  });
});

describe('a cluster that misbehaves', () => {
  test.each([
    [{ status: 500 }, 'HTTP 500'],
    [{ status: 401 }, 'register the cluster again'],
    ['silent' as const, 'did not answer in time'],
  ])('and answers %j holds a run up, which says why, keeps what it has, and goes on afterwards', async (how, sentence) => {
    const run = await TestRun.start(world, definition);
    world.cluster.misbehaviour = how;
    expect(await run.reconcile()).toMatchObject({ kind: 'retry' });
    await run.reconcile();
    expect(await run.shown()).toMatchObject({ state: 'queued', reason: expect.stringContaining(sentence) });
    world.cluster.misbehaviour = null;
    await run.reconcile();
    await run.report([...published, { stage: 'go', phase: 'Running', startedAt: world.now() }]);
    await run.reconcile();
    await answer(run);
    world.cluster.misbehaviour = how;
    expect(await run.reconcile()).toMatchObject({ kind: 'retry' });
    await run.reconcile();
    expect(await run.shown()).toMatchObject({
      state: 'running',
      stages: { build: 'succeeded', publish: 'succeeded', go: 'running' },
      reasons: { go: expect.stringContaining(sentence) },
    });
    world.cluster.misbehaviour = null;
    await run.reconcile();
    await run.observe();
    await run.report(after, 'Succeeded');
    expect(await run.reconcile()).toEqual({ kind: 'done' });
    expect((await run.shown()).state).toBe('succeeded');
    expect(world.logged.filter((line) => line.level >= 50)).toEqual([]);
  });
});

describe('a gate that waits for hours', () => {
  test('ends its Workflow, holds nothing in the cluster, and goes on in a new one with what is left', async () => {
    const run = await TestRun.start(world, definition);
    await run.reconcile();
    const openedAt = new Date(world.now().getTime() - 31 * 60_000);
    await run.report([...published, { stage: 'go', phase: 'Running', startedAt: openedAt }]);
    await run.reconcile();
    expect(run.workflows).toMatchObject([{ spec: { shutdown: 'Terminate' }, metadata: { labels: { 'flow.dev/parked': 'true' } } }]);
    await run.report([{ stage: 'go', phase: 'Failed', startedAt: openedAt, message: 'Stopped' }], 'Failed');
    await run.reconcile();
    expect(await run.shown()).toMatchObject({
      state: 'waiting',
      reason: 'Waits for a release manager',
      stages: { go: 'waiting', after: 'pending' },
    });
    // The engine removes ended Workflows after an hour.
    await world.db.prisma.observedObject.updateMany({ where: { runId: run.id }, data: { deletedAt: world.now() } });
    world.cluster.workflows.delete(run.workflows[0]?.metadata.name ?? '');
    await answer(run);
    await run.reconcile();
    expect(await run.shown()).toMatchObject({
      state: 'running',
      stages: { build: 'succeeded', publish: 'succeeded', go: 'succeeded', after: 'pending' },
      segments: [
        { ordinal: 1, state: 'parked' },
        { ordinal: 2, state: 'running', stageKeys: ['after'] },
      ],
    });
    expect(JSON.stringify(run.workflows[0]?.spec)).not.toContain('stage-build');
    await run.report(after, 'Succeeded');
    expect(await run.reconcile()).toEqual({ kind: 'done' });
    expect((await run.shown()).state).toBe('succeeded');
  });

  test('whose Workflow has moved since it was seen is left alone', async () => {
    const run = await TestRun.start(world, definition);
    await run.reconcile();
    await run.report([...published, { stage: 'go', phase: 'Running', startedAt: new Date(world.now().getTime() - 31 * 60_000) }]);
    run.change([{ stage: 'after', phase: 'Running' }]);
    await run.reconcile();
    expect(run.workflows[0]?.spec['shutdown']).toBeUndefined();
  });
});
