import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ingest } from '@flow/db/observation';
import { gateNodeId, nodeId, nodeName } from '@flow/delivery/workflows';
import { startRun } from '@flow/operations/pipeline';
import { actAs } from '@flow/operations/testing';
import type { GitReader } from '../git/read-commit.ts';
import type { JobResult } from '../jobs/run-jobs.ts';
import { reconcileRuns } from '../run/reconcile.ts';
import type { RunDependencies } from '../run/reconcile.ts';
import { watchedKinds } from '../watch/observe.ts';
import type { StoredObject } from './loopback-cluster.ts';
import type { WorkerWorld } from './worker-world.ts';

/** How a stage, or one step of it, stands in the engine. */
export interface ReportedNode {
  stage: string;
  step?: string;
  phase: 'Running' | 'Succeeded' | 'Failed';
  startedAt?: Date;
  outputs?: Readonly<Record<string, string>>;
  message?: string;
}

/** One run in a worker's world: what its commit holds, what the engine reports, and the reconciler itself. */
export class TestRun {
  readonly #world: WorkerWorld;
  readonly #dependencies: RunDependencies;
  readonly id: string;

  private constructor(world: WorkerWorld, git: GitReader, id: string) {
    this.#world = world;
    this.#dependencies = { ...world, git, stepImage: 'registry.test/steps' };
    this.id = id;
  }

  /** Starts a run, as the developer, of a commit with this definition. */
  static async start(world: WorkerWorld, definition: string | null): Promise<TestRun> {
    const { tenant, db } = world;
    const developer = actAs(db, tenant.id, tenant.people.developer.actor);
    const commitSha = world
      .newId()
      .replaceAll(/[^0-9a-f]/g, '0')
      .padStart(40, 'd')
      .slice(-40);
    const { runId } = await startRun(developer, { serviceId: tenant.serviceId, commitSha, branch: 'main' });
    return new TestRun(world, fakeGit(definition), runId);
  }

  /** Lets a worker look at the run, as its job does. */
  reconcile(): Promise<JobResult> {
    const job = { kind: 'run' as const, key: this.id, tenantId: this.#world.tenant.id, generation: 1, attempts: 0 };
    return reconcileRuns(this.#dependencies)(job, new AbortController().signal);
  }

  /** What the run's page shows. */
  async shown() {
    const run = await this.#world.db.prisma.pipelineRun.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: this.#world.tenant.id, id: this.id } },
      include: { stages: { orderBy: { position: 'asc' } }, segments: { orderBy: { ordinal: 'asc' } }, artifact: true },
    });
    const stages = Object.fromEntries(run.stages.map((stage) => [stage.key, stage.state]));
    const reasons = Object.fromEntries(run.stages.map((stage) => [stage.key, stage.reason]));
    return { state: run.state, reason: run.reason, stages, reasons, segments: run.segments, artifact: run.artifact, rows: run.stages };
  }

  /** The Workflows that were made for it, oldest first. */
  get workflows(): StoredObject[] {
    return [...this.#world.cluster.workflows.values()].filter((stored) => stored.metadata.labels['flow.dev/run'] === this.id);
  }

  /** Has the engine report nodes of the newest Workflow, and the watch write what it sees. */
  async report(nodes: readonly ReportedNode[], phase = 'Running'): Promise<void> {
    this.change(nodes, phase);
    await this.observe();
  }

  /** Has the engine change nodes of the newest Workflow, which the watch has not seen yet. */
  change(nodes: readonly ReportedNode[], phase = 'Running'): void {
    const newest = this.workflows.at(-1);
    if (newest === undefined) throw new Error('no Workflow was made');
    this.#world.cluster.report(newest.metadata.name, (stored) => {
      const before = stored.status['nodes'];
      const known = typeof before === 'object' && before !== null ? before : {};
      stored.status = { ...stored.status, phase, nodes: { ...known, ...nodesOf(stored.metadata.name, nodes) } };
    });
  }

  /** The watch writes what the cluster holds now. */
  async observe(): Promise<void> {
    const kind = watchedKinds.find((watched) => watched.resource === 'workflows');
    if (kind === undefined) throw new Error('Workflows are not watched');
    await ingest(
      this.#world.db,
      this.workflows.map((stored) => kind.observe(this.#world.tenant.clusterId, stored)),
    );
  }
}

function nodesOf(workflowName: string, nodes: readonly ReportedNode[]): Record<string, unknown> {
  return Object.fromEntries(
    nodes.map(({ stage, step, phase, startedAt, outputs = {}, message = '' }) => {
      const name = nodeName(workflowName, stage, step);
      const id = step === undefined ? gateNodeId(workflowName, stage) : nodeId(workflowName, name);
      const parameters = Object.entries(outputs).map(([key, value]) => ({ name: key, value }));
      const times = startedAt === undefined ? {} : { startedAt: startedAt.toISOString() };
      return [id, { id, name, type: step === undefined ? 'Suspend' : 'Pod', phase, message, outputs: { parameters }, ...times }];
    }),
  );
}

/** A repository whose commits hold this definition. */
export function fakeGit(definition: string | null): GitReader {
  return {
    readCommit: ({ sha }) => {
      const said = { message: 'Add a thing', author: 'somebody@flow.test' };
      return Promise.resolve({ definition, ...said, history: [{ ...said, sha, parents: ['a'.repeat(40)], committedAt: new Date(0) }] });
    },
    readOwners: () => Promise.resolve({ file: null, changedPaths: null }),
    async writeFolder(_commit, { path, folder }) {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, 'Chart.yaml'), 'apiVersion: v2\nname: own\nversion: 3.2.1\n');
    },
  };
}
