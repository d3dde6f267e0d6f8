import { decide, deploymentState, isTerminal, plan, targetState } from '@flow/core/deployment';
import type { ActionProgress, DeploymentSnapshot, Permission, TargetSnapshot } from '@flow/core/deployment';
import type { AnalysisView, RolloutView } from '@flow/core/rollout';
import { recordOfVerdict } from '@flow/core/verdict';
import type { Verdict } from '@flow/core/verdict';
import { intendAction, recordAction } from '@flow/db/action';
import { inTransaction } from '@flow/db/client';
import { loadForDecision, saveDecision, savePreparation, saveRelease } from '@flow/db/deployment';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { ingest } from '@flow/db/observation';
import { requestApproval, vote } from '@flow/operations/approval';
import { judgeById } from '@flow/operations/verdict';
import { abortedRollout, analysis, healthyRollout, observationsOf, stepSeconds, steppingRollout } from './canary.ts';
import type { SeenRelease } from './canary.ts';
import { fixConfiguration } from './configuration.ts';
import { keepBeside } from './keep.ts';
import { actedAt, flowActedAt, later } from './past.ts';
import type { Past } from './past.ts';

type Loaded = DeploymentForDecision['deployment'];
type LoadedTarget = Loaded['targets'][number];

/** How it went, for a deployment that was asked for already. */
export interface Telling {
  deploymentId: string;
  askedAt: Date;
  /** What ran there before; null of the first version. */
  previousDeploymentId: string | null;
  canary: 'well' | 'stopped';
  /** What the approver said, where one was asked. */
  answer: 'approve' | 'reject';
  comment: string;
}

/** A state that it came into. */
export interface Moment {
  at: Date;
  state: DeploymentSnapshot['state'];
  reason: string | null;
}

const preparingSeconds = 4;
const answerSeconds = 14 * 60;
const applyingSeconds = 3;
/** From Helm to healthy where there are no steps, and after the last step. */
const settleSeconds = 9;
const finishSeconds = 3;

/** Tells a deployment from its preparation to its end by the product's own machine: only what it did in the clusters is told rather than done. */
export async function tellDeployment(past: Past, telling: Telling): Promise<Moment[]> {
  const told = new Told(past, telling);
  await told.prepare(later(telling.askedAt, preparingSeconds));
  for (let turns = 0; turns < 40 && !told.isOver; turns += 1) await told.goOn();
  return told.moments;
}

interface Seen {
  upgrade: ActionProgress;
  rollback: ActionProgress;
  observed: RolloutView | null;
  analyses: AnalysisView[];
}

class Told {
  readonly moments: Moment[] = [];
  readonly #past: Past;
  readonly #telling: Telling;
  readonly #seen = new Map<string, Seen>();
  #at: Date;
  #approval: DeploymentSnapshot['approval'] = 'none';

  constructor(past: Past, telling: Telling) {
    this.#past = past;
    this.#telling = telling;
    this.#at = telling.askedAt;
  }

  get isOver(): boolean {
    const last = this.moments.at(-1);
    return last !== undefined && isTerminal(last.state);
  }

  /** The configuration is fixed and the chart rendered. */
  async prepare(at: Date): Promise<void> {
    const { db, tenantId } = this.#past;
    const deployment = await this.#load();
    const before = this.#telling.previousDeploymentId;
    const previous = before === null ? null : ((await loadForDecision(db, tenantId, before))?.deployment ?? null);
    const prepared = await fixConfiguration(this.#past, deployment, previous);
    await inTransaction(db, (tx) => savePreparation(tx, prepared));
    await this.#act(deployment, { kind: 'prepare', key: `${deployment.id}/prepare`, at });
    this.#at = at;
  }

  /** Decides, writes what was decided, and tells what came of it. */
  async goOn(): Promise<void> {
    const { db, context } = this.#past;
    const deployment = await this.#load();
    const judgement = await judgeById(db.prisma, deployment.tenantId, { deploymentId: deployment.id, now: this.#at, isWhole: true });
    const { verdict } = judgement;
    const decision = decide(this.#snapshot(deployment, verdict), this.#at);
    const auditId = (): string => context.operation(deployment.tenantId).newId();
    const beside = await keepBeside(this.#past, deployment, { decision, judgement, at: this.#at });
    await saveDecision(db, toRead(deployment), { decision, verdict: recordOfVerdict(verdict), now: this.#at, auditId, beside });
    if (decision.state !== deployment.state) this.moments.push({ at: this.#at, state: decision.state, reason: decision.reason });
    for (const effect of decision.effects) {
      if (effect.kind === 'requestApproval') await this.#decideByPeople();
      if (effect.kind === 'helmUpgrade') await this.#upgrade(effect.targetId, effect.key);
      if (effect.kind === 'helmRollback') await this.#goBack(effect.targetId, effect.key);
    }
    if (decision.effects.length === 0 && decision.wakeAt !== null && decision.wakeAt > this.#at) this.#at = decision.wakeAt;
  }

  async #decideByPeople(): Promise<void> {
    const { answer, comment, deploymentId } = this.#telling;
    const { approvalId } = await requestApproval(flowActedAt(this.#past, 'carries out a deployment', this.#at), { deploymentId });
    this.#at = later(this.#at, answerSeconds);
    const { snapshotHash } = await this.#load();
    const voted = await vote(actedAt(this.#past, this.#past.approver, this.#at), { approvalId, answer, comment, shownHash: snapshotHash });
    this.#approval = voted.state;
  }

  async #upgrade(targetId: string, key: string): Promise<void> {
    const deployment = await this.#load();
    const target = targetOf(deployment, targetId);
    this.#at = later(this.#at, applyingSeconds);
    await this.#act(deployment, { kind: 'helm-upgrade', key, at: this.#at, target });
    await saveRelease(
      this.#past.db,
      target,
      this.#telling.previousDeploymentId === null
        ? { releaseRevision: 1, previousRevision: null }
        : { releaseRevision: 2, previousRevision: 1 },
    );
    await this.#step(deployment, target);
    await this.#see(deployment, target, { upgrade: { state: 'done' } });
  }

  async #goBack(targetId: string, key: string): Promise<void> {
    const deployment = await this.#load();
    const target = targetOf(deployment, targetId);
    this.#at = later(this.#at, applyingSeconds);
    await this.#act(deployment, { kind: 'helm-rollback', key, at: this.#at, target });
    const back = { ...this.#release(deployment, target), deploymentId: this.#telling.previousDeploymentId ?? '' };
    const observed = healthyRollout(back);
    this.#seen.set(target.id, { ...this.#known(target.id), rollback: { state: 'done' }, observed });
    await ingest(this.#past.db, observationsOf(back, observed, null), this.#at);
  }

  /** What the watch told while the canary went through its steps; of a first release, and of one that is stopped at once, there is nothing to tell. */
  async #step(deployment: Loaded, target: LoadedTarget): Promise<void> {
    const release = this.#release(deployment, target);
    const { steps } = release.strategy;
    if (release.previousDeploymentId === null || this.#telling.canary === 'stopped' || steps.length === 0) {
      this.#at = later(this.#at, settleSeconds);
      return;
    }
    for (const [index, seconds] of [...steps.map(stepSeconds), finishSeconds].entries()) {
      await ingest(this.#past.db, observationsOf(release, steppingRollout(release, index), null), this.#at);
      this.#at = later(this.#at, seconds);
    }
  }

  /** What the watch of the cluster told when the canary had come to its end. */
  async #see(deployment: Loaded, target: LoadedTarget, done: Partial<Seen>): Promise<void> {
    const release = this.#release(deployment, target);
    const isCanary = release.previousDeploymentId !== null;
    const isStopped = isCanary && this.#telling.canary === 'stopped';
    const observed = isStopped ? abortedRollout(release) : healthyRollout(release);
    const measured = isCanary ? analysis(release, this.#telling.canary) : null;
    this.#seen.set(target.id, { ...this.#known(target.id), ...done, observed, analyses: measured === null ? [] : [measured] });
    await ingest(this.#past.db, observationsOf(release, observed, measured), this.#at);
  }

  #release(deployment: Loaded, target: LoadedTarget): SeenRelease {
    const { tenantId, clusterId, namespace, releaseName } = target;
    const { strategy } = plan.parse(deployment.plan);
    const image = `${deployment.artifact.repository}@${deployment.artifact.digest}`;
    const { previousDeploymentId } = this.#telling;
    const replicas = strategy.steps.length === 0 ? 1 : 5;
    const place = { tenantId, clusterId, namespace, name: releaseName };
    return { ...place, deploymentId: deployment.id, image, strategy, replicas, previousDeploymentId, at: this.#at };
  }

  #known(targetId: string): Seen {
    return this.#seen.get(targetId) ?? { upgrade: { state: 'none' }, rollback: { state: 'none' }, observed: null, analyses: [] };
  }

  async #act(deployment: Loaded, act: { kind: string; key: string; at: Date; target?: LoadedTarget }): Promise<void> {
    const { db, context } = this.#past;
    const { tenantId, id } = deployment;
    const place = act.target ?? deployment.targets[0];
    const action = await intendAction(db, {
      tenantId,
      id: context.operation(tenantId).newId(),
      key: act.key,
      kind: act.kind,
      clusterId: place?.clusterId ?? '',
      target: {},
      deploymentId: id,
      ...(act.target === undefined ? {} : { targetDeploymentId: act.target.id }),
    });
    await recordAction(db, action, { state: 'done', result: {}, finishedAt: act.at });
  }

  #snapshot(deployment: Loaded, verdict: Verdict): DeploymentSnapshot {
    return {
      id: deployment.id,
      state: deploymentState.parse(deployment.state),
      reason: deployment.reason,
      plan: plan.parse(deployment.plan),
      currentWave: deployment.currentWave,
      waveFinishedAt: deployment.waveFinishedAt,
      continuedWave: 0,
      acceptedFailures: 0,
      requestedAction: null,
      preparation: { state: 'done' },
      approval: this.#approval,
      permission: this.#permission(verdict),
      inFlight: { kind: 'go' },
      startsItself: true,
      newerDeploymentId: null,
      targets: deployment.targets.map((target): TargetSnapshot => ({
        ...target,
        state: targetState.parse(target.state),
        unreachableSince: null,
        abortedBy: null,
        hold: null,
        begun: [],
        takeBack: { state: 'none' },
        ...this.#known(target.id),
      })),
    };
  }

  #permission(verdict: Verdict): Permission {
    if (verdict.kind !== 'needsApprovals') return { kind: 'allowed' };
    const sentence = verdict.reasons.map((reason) => reason.sentence).join('; ');
    return { kind: 'needsApprovals', sentence, isAsked: this.#approval !== 'none' };
  }

  async #load(): Promise<Loaded> {
    const loaded = await loadForDecision(this.#past.db, this.#past.tenantId, this.#telling.deploymentId);
    if (loaded === undefined) throw new Error(`There is no deployment ${this.#telling.deploymentId}`);
    return loaded.deployment;
  }
}

function targetOf(deployment: Loaded, targetDeploymentId: string): LoadedTarget {
  const target = deployment.targets.find((one) => one.id === targetDeploymentId);
  if (target === undefined) throw new Error(`The deployment ${deployment.id} has no target ${targetDeploymentId}`);
  return target;
}

function toRead(deployment: Loaded): Parameters<typeof saveDecision>[1] {
  const { tenantId, id, serviceId, environmentId, artifactId, runId, version, reason, startedAt, artifact } = deployment;
  const targets = deployment.targets.map((target) => ({ ...target, state: targetState.parse(target.state) }));
  const state = deploymentState.parse(deployment.state);
  return { tenantId, id, serviceId, environmentId, artifactId, runId, version, state, reason, startedAt, targets, artifact };
}
