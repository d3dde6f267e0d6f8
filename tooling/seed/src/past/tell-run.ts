import { createHash } from 'node:crypto';
import { decideRun, parsePipeline, planStages, runState, stageState } from '@flow/core/pipeline';
import type { EngineStage, PlannedPipeline, StageSnapshot } from '@flow/core/pipeline';
import { inTransaction } from '@flow/db/client';
import { saveHistory } from '@flow/db/promotion';
import { appendLog, loadRun, saveArtifact, savePlannedRun, saveRunDecision, saveSegmentUid, saveStageDeployment } from '@flow/db/run';
import type { StoredStep } from '@flow/db/run';
import { nodeId, nodeName, workflowName } from '@flow/delivery/workflows';
import { addRun } from '@flow/operations/pipeline';
import { actedAt, later } from './past.ts';
import type { KnownService, Past } from './past.ts';
import type { PastRelease } from './story.ts';
import type { Moment } from './tell-deployment.ts';

const source = (repository: string): string => `version: 1
stages:
  - name: test
    steps:
      - name: unit
        script: npm test
  - name: publish
    publish:
      repository: ${repository}
      script: ./publish.sh
  - name: development
    deploy:
      environment: development
  - name: production
    deploy:
      environment: production
`;

const testSeconds = 38;
const publishSeconds = 21;

interface Look {
  /** What the engine shows of stages, by key. */
  seen?: Readonly<Partial<Record<string, Partial<EngineStage>>>>;
  /** Their steps. */
  steps?: Readonly<Record<string, StoredStep[]>>;
  outcome?: 'running' | 'succeeded' | 'failed';
}

interface Begun {
  service: KnownService;
  release: PastRelease;
  /** The release whose commit comes before. */
  before: PastRelease | null;
  at: Date;
}

/** A run of the past as it is told, stage by stage, by the product's own machine: what the engine would have shown is given. */
export class ToldRun {
  readonly runId: string;
  readonly number: number;
  readonly #past: Past;
  readonly #service: KnownService;
  readonly #release: PastRelease;
  readonly #pipeline: PlannedPipeline;
  readonly #workflow: string;
  readonly #engine: EngineStage[];
  readonly #deployments = new Map<string, NonNullable<StageSnapshot['deployment']>>();
  #artifactId: string | null = null;

  private constructor(past: Past, told: { run: { runId: string; number: number }; service: KnownService; release: PastRelease }) {
    this.#past = past;
    this.runId = told.run.runId;
    this.number = told.run.number;
    this.#service = told.service;
    this.#release = told.release;
    const parsed = parsePipeline(source(`registry.example/${past.tenantSlug}/${told.service.slug}`));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    this.#pipeline = planStages(parsed.definition);
    this.#workflow = workflowName({ runId: this.runId, segment: 1, attempt: 1 });
    const unseen = { state: 'pending' as const, message: '', outputs: {}, evidence: [], startedAt: null };
    this.#engine = this.#pipeline.stages.map(({ key }) => ({ key, ...unseen }));
  }

  /** The commit is pushed. */
  static async begin(past: Past, given: Begun): Promise<ToldRun> {
    const { service, release, before, at } = given;
    const ctx = actedAt(past, past.developer.actor, at);
    const run = await inTransaction(past.db, (tx) =>
      addRun(ctx, tx, {
        serviceId: service.id,
        commitSha: commitOf(past, service, release),
        branch: 'main',
        trigger: 'push',
        commitMessage: release.message,
        commitAuthor: past.developer.email,
      }),
    );
    await saveHistory(past.db, past.tenantId, {
      serviceId: service.id,
      commits: [
        {
          sha: commitOf(past, service, release),
          parents: before === null ? [] : [commitOf(past, service, before)],
          message: release.message,
          author: past.developer.email,
          committedAt: at,
        },
      ],
    });
    const told = new ToldRun(past, { run, service, release });
    const place = { tenantId: past.tenantId, id: run.runId };
    const namespace = `flow-runs-${past.tenantId}`;
    await savePlannedRun(past.db, place, { pipeline: told.#pipeline, workflowName: told.#workflow, namespace, ordinal: 1 });
    await saveSegmentUid(past.db, place, { ordinal: 1, workflowUid: `past-${run.runId}` });
    return told;
  }

  /** The tests end, and if they went well an artifact is published. Gives its id and when, or null. */
  async testAndPublish(at: Date): Promise<{ artifactId: string; at: Date } | null> {
    const tested = later(at, testSeconds);
    const isGood = this.#release.tests !== 'failed';
    const begun = this.#step('test', 'unit', { at, end: null, isGood });
    await this.#look(at, { seen: { test: { state: 'running', startedAt: at } }, steps: { test: [begun] } });
    await this.#log('test', 'unit', isGood ? goodTests(this.#service.name) : badTests(this.#service.name));
    const step = this.#step('test', 'unit', { at, end: tested, isGood });
    if (!isGood) {
      const message = 'step unit failed with exit code 1';
      await this.#look(tested, { seen: { test: { state: 'failed', message } }, steps: { test: [step] }, outcome: 'failed' });
      return null;
    }
    const publishes = { test: { state: 'succeeded' as const }, publish: { state: 'running' as const, startedAt: tested } };
    await this.#look(tested, { seen: publishes, steps: { test: [step] } });
    const published = later(tested, publishSeconds);
    this.#artifactId = await this.#publish(published);
    const publishing = this.#step('publish', 'publish', { at: tested, end: published, isGood: true });
    await this.#log('publish', 'publish', [
      `Pushed registry.example/${this.#past.tenantSlug}/${this.#service.slug}:${this.#release.version}`,
    ]);
    const deploys = { publish: { state: 'succeeded' as const }, development: { state: 'open' as const, startedAt: published } };
    await this.#look(published, { seen: deploys, steps: { publish: [publishing] } });
    return { artifactId: this.#artifactId, at: published };
  }

  /** A deploy stage goes the way of its deployment, and the run goes on after it or ends. */
  async follow(key: 'development' | 'production', deploymentId: string, moments: readonly Moment[]): Promise<Date> {
    await saveStageDeployment(this.#past.db, { tenantId: this.#past.tenantId, id: this.runId }, { key, deploymentId });
    let at = new Date(0);
    for (const moment of moments) {
      const isWaiting = moment.state === 'awaitingApproval';
      this.#deployments.set(key, { id: deploymentId, state: moment.state, reason: moment.reason, isWaiting });
      at = later(moment.at, 1);
      await this.#look(at, {});
    }
    const end = moments.at(-1);
    const isWell = end?.state === 'succeeded';
    const seen: Look['seen'] = { [key]: { state: isWell ? 'succeeded' : 'failed' } };
    if (isWell && key === 'development') await this.#look(at, { seen: { ...seen, production: { state: 'open', startedAt: at } } });
    else await this.#look(at, { seen, outcome: isWell ? 'succeeded' : 'failed' });
    return at;
  }

  /** Nothing comes after the first environment. */
  async endAfterDevelopment(at: Date): Promise<void> {
    await this.#look(at, { seen: { production: { state: 'skipped' } }, outcome: 'succeeded' });
  }

  /** The engine shows something new: it is decided on and written. */
  async #look(at: Date, { seen = {}, steps = {}, outcome = 'running' }: Look): Promise<void> {
    const { db, tenantId, context } = this.#past;
    for (const [index, stage] of this.#engine.entries()) this.#engine[index] = { ...stage, ...seen[stage.key] };
    const loaded = await loadRun(db, tenantId, this.runId);
    if (loaded === undefined) throw new Error(`There is no run ${this.runId}`);
    const { run } = loaded;
    const stages = run.stages.map((stage) => ({ ...stage, state: stageState.parse(stage.state) }));
    const state = runState.parse(run.state);
    const decision = decideRun(
      {
        id: run.id,
        state,
        reason: run.reason,
        cancelRequestedBy: null,
        creation: { state: 'done' },
        isParked: false,
        segment: { stages: this.#engine, outcome, message: '', isParked: false },
        stages: stages.map((stage) => ({
          key: stage.key,
          kind: this.#pipeline.stages.find(({ key }) => key === stage.key)?.kind ?? 'steps',
          needs: stage.needs,
          state: stage.state,
          reason: stage.reason,
          deployment: this.#deployments.get(stage.key) ?? null,
          answer: null,
          work: { state: 'none' },
          evidence: { state: 'none' },
        })),
        artifactId: this.#artifactId,
      },
      at,
    );
    const auditId = (): string => context.operation(tenantId).newId();
    await saveRunDecision(db, { ...run, state, stages }, { decision, steps: new Map(Object.entries(steps)), now: at, auditId });
  }

  async #publish(at: Date): Promise<string> {
    const { db, tenantId, tenantSlug, developer } = this.#past;
    const { slug, id: serviceId } = this.#service;
    const { version, message } = this.#release;
    const id = this.#past.context.operation(tenantId).newId();
    await saveArtifact(db, {
      tenantId,
      id,
      serviceId,
      runId: this.runId,
      version,
      repository: `registry.example/${tenantSlug}/${slug}`,
      digest: `sha256:${createHash('sha256').update(`${tenantSlug}/${slug}/${version}`).digest('hex')}`,
      commitSha: commitOf(this.#past, this.#service, this.#release),
      commitMessage: message,
      commitAuthor: developer.email,
      chartVersion: this.#past.chart.version,
      createdAt: at,
    });
    return id;
  }

  #nodeId(stage: string, step: string): string {
    return nodeId(this.#workflow, nodeName(this.#workflow, stage, step));
  }

  #step(stage: string, name: string, ran: { at: Date; end: Date | null; isGood: boolean }): StoredStep {
    const id = this.#nodeId(stage, name);
    const startedAt = ran.at.toISOString();
    return {
      id: name,
      name,
      state: ran.end === null ? 'running' : ran.isGood ? 'succeeded' : 'failed',
      reason: ran.end === null || ran.isGood ? null : 'exit code 1',
      startedAt,
      finishedAt: ran.end?.toISOString() ?? null,
      attempt: 1,
      logId: id,
      needs: [],
      tries: [{ id, podName: id, startedAt }],
    };
  }

  async #log(stage: string, step: string, lines: readonly string[]): Promise<void> {
    const { db, tenantId } = this.#past;
    const stepId = this.#nodeId(stage, step);
    const place = { tenantId, runId: this.runId, stepId, clusterId: '', namespace: '', podName: stepId, isOver: true };
    await appendLog(db, place, { firstLine: 1, lines });
  }
}

function commitOf({ tenantSlug }: Past, { slug }: KnownService, { version }: PastRelease): string {
  return createHash('sha1').update(`${tenantSlug}/${slug}/${version}`).digest('hex');
}

const green = '\u001b[32m';
const red = '\u001b[31m';
const plain = '\u001b[39m';

function goodTests(name: string): string[] {
  return [
    '> npm test',
    '',
    `${green}✔${plain} ${name} answers when it is asked`,
    `${green}✔${plain} ${name} says what is wrong with a question`,
    '2 tests, 2 passed',
  ];
}

function badTests(name: string): string[] {
  return [
    '> npm test',
    '',
    `${green}✔${plain} ${name} answers when it is asked`,
    `${red}✖${plain} ${name} forgets a person who asks for it`,
    '    expected 0 orders, found 14',
    '2 tests, 1 passed, 1 failed',
  ];
}
