import { FlowError } from '@flow/core/fault';
import { rolloutView } from '@flow/core/rollout';
import { vote } from '@flow/operations/approval';
import { actOnTarget, askForDeployment, cancelDeployment, requestRollback } from '@flow/operations/deployment';
import { contextOf } from '../ground.ts';
import type { Ground, GroundTools, TestService } from '../ground.ts';
import type { Actor } from '@flow/core/rights';

/** What people want in one run. */
export const stories = ['promote', 'rollBack', 'contested', 'overtaken', 'cancelled', 'later'] as const;
export type Story = (typeof stories)[number];

/** Stories that can end in one way only, whatever goes wrong meanwhile. */
export const hasOneEnd: Readonly<Record<Story, boolean>> = {
  promote: true,
  rollBack: true,
  contested: false,
  overtaken: false,
  cancelled: false,
  later: true,
};

/** The surroundings in which people act. */
export interface Play {
  ground: Ground;
  service: TestService;
  story: Story;
  /** The earliest start of `later`. */
  notBefore: Date;
  /** Told when going back was acknowledged. */
  onGoneBack: (deploymentId: string) => void;
}

/** A person at the pages: looks, does what there is to be done, and looks again. */
export class Person {
  /** Deployments that were asked for, and acknowledged. */
  readonly asked: string[] = [];
  readonly #tools: GroundTools;
  readonly #play: Play;
  readonly #actor: Actor;

  constructor(tools: GroundTools, play: Play, actor: Actor) {
    this.#tools = tools;
    this.#play = play;
    this.#actor = actor;
  }

  /** Asks for what the story wants, again with the same key until there is an answer. True when all of it was asked for. */
  async ask(): Promise<boolean> {
    const { story, service, ground, notBefore } = this.#play;
    const wanted = story === 'overtaken' ? service.artifacts : service.artifacts.slice(0, 1);
    const next = wanted[this.asked.length];
    if (next === undefined) return true;
    const { deploymentId } = await askForDeployment(this.#context(), {
      serviceId: service.serviceId,
      environmentId: ground.environmentId,
      artifactId: next.id,
      idempotencyKey: `ask-${next.id}`,
      ...(story === 'later' ? { notBefore: notBefore.toISOString() } : {}),
    });
    this.asked.push(deploymentId);
    return this.asked.length === wanted.length;
  }

  /** Approves what waits for it, exactly as it is shown. */
  async approve(): Promise<void> {
    const { tenantId } = this.#play.ground;
    const requests = await this.#tools.db.prisma.approvalRequest.findMany({
      where: { tenantId, state: 'pending', deployment: { serviceId: this.#play.service.serviceId } },
      orderBy: { id: 'asc' },
    });
    for (const request of requests)
      await vote(this.#context(), { approvalId: request.id, answer: 'approve', shownHash: request.subjectHash });
  }

  /** Promotes every canary that waits, but in the last wave of a story that goes back. */
  async promote(): Promise<void> {
    const { story } = this.#play;
    for (const paused of await this.#paused()) {
      if (story === 'rollBack' && paused.wave === 1) continue;
      const { uid, currentPodHash, stepIndex, pause } = rolloutView.parse(paused.observed);
      const { tenantId } = this.#play.ground;
      const asked = await this.#tools.db.prisma.engineAction.count({
        where: { tenantId, targetDeploymentId: paused.id, kind: 'rollout-promote', state: { not: 'refused' } },
      });
      if (pause === null || asked > 0) continue;
      const guard = { uid, podHash: currentPodHash, stepIndex, pauseStartedAt: pause.startedAt };
      await actOnTarget(this.#context(), { deploymentId: paused.deploymentId, targetDeploymentId: paused.id, action: 'promote', guard });
    }
  }

  /** Goes back at the canary of the wave that the story says. */
  async goBack(): Promise<void> {
    const { story, onGoneBack } = this.#play;
    const wave = story === 'rollBack' ? 1 : 0;
    if (story !== 'rollBack' && story !== 'contested') return;
    for (const paused of await this.#paused()) {
      if (paused.wave !== wave) continue;
      const { deploymentId } = paused;
      await requestRollback(this.#context(), { deploymentId, idempotencyKey: `back-${deploymentId}` });
      onGoneBack(deploymentId);
    }
  }

  /** Withdraws what has been asked for, if that is still possible. */
  async cancel(): Promise<void> {
    const { ground, service, story } = this.#play;
    if (story !== 'cancelled') return;
    const waiting = await this.#tools.db.prisma.deployment.findFirst({
      where: {
        tenantId: ground.tenantId,
        serviceId: service.serviceId,
        state: { in: ['awaitingApproval', 'held'] },
        requestedAction: null,
      },
    });
    if (waiting !== null) await cancelDeployment(this.#context(), { deploymentId: waiting.id });
  }

  #paused() {
    const { ground, service } = this.#play;
    return this.#tools.db.prisma.targetDeployment.findMany({
      where: { tenantId: ground.tenantId, state: 'paused', deployment: { serviceId: service.serviceId, requestedAction: null } },
      orderBy: { id: 'asc' },
    });
  }

  #context() {
    return contextOf(this.#tools, this.#play.ground.tenantId, this.#actor);
  }
}

/** What the product refuses because the world has moved on is looked at again. */
export function isRefusal(error: unknown): boolean {
  return error instanceof FlowError && (error.code === 'conflict' || error.code === 'precondition');
}
