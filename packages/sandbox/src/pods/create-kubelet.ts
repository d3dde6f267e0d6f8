import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Controller, type KubeObject, type SandboxContext, toTime } from '../store/index.ts';
import { type KubeletEnv, readKubeletEnv } from './env.ts';
import { findImage } from './image/image-store.ts';
import { endMarkerPath, podFolder, processRecordPath } from './model/folders.ts';
import { writePodStatus } from './model/pod-status.ts';
import { isEnded, readPodSpec, readPodStatus } from './model/pod-view.ts';
import { createModelledPod } from './modelled-pod.ts';
import { endRecorded } from './process/process-group.ts';
import { createServicePod } from './service-pod.ts';
import { createStepPod } from './step-pod.ts';
import { WORKFLOW_LABEL } from './step-task.ts';
import { createUnpulledPod } from './unpulled-pod.ts';
import type { PodWorker, WorkerPod } from './worker.ts';

const BIN_DIR = fileURLToPath(new URL('../../bin', import.meta.url));
/** How long processes may take to end when the sandbox itself stops. */
const STOP_GRACE_MS = 3000;

/** Runs the pods of the cluster: steps and known images as local processes, all others as a model. */
export function createKubelet(ctx: SandboxContext): Controller {
  return new Kubelet(ctx, readKubeletEnv());
}

class Kubelet implements Controller {
  readonly #ctx: SandboxContext;
  readonly #env: KubeletEnv;
  readonly #workers = new Map<string, PodWorker>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #leavingWorkers = new Set<PodWorker>();
  #unwatch: (() => void) | undefined;

  constructor(ctx: SandboxContext, env: KubeletEnv) {
    this.#ctx = ctx;
    this.#env = env;
  }

  start(): void {
    if (this.#unwatch !== undefined) return;
    this.#endPreviousLife();
    this.#unwatch = this.#ctx.store.watch('pods', (event) => {
      if (event.type === 'DELETED') this.#remove(event.object);
      else if (event.object.metadata.deletionTimestamp !== undefined) this.#remove(event.object);
      else if (event.type === 'ADDED') this.#add(event.object);
      else this.#workers.get(event.object.metadata.uid)?.changed(event.object);
    });
    for (const pod of this.#ctx.store.list('pods')) this.#add(pod);
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
    const ends = [...this.#workers.values(), ...this.#leavingWorkers].map((worker) => worker.end(STOP_GRACE_MS));
    this.#workers.clear();
    await Promise.all([...ends, ...this.#leaving]);
  }

  /** Ends processes that a sandbox which was killed left behind, and the folders of pods that have gone since. */
  #endPreviousLife(): void {
    const folder = join(this.#ctx.stateDir, 'pods');
    mkdirSync(folder, { recursive: true });
    const living = new Set(this.#ctx.store.list('pods').map((pod) => pod.metadata.uid));
    for (const uid of readdirSync(folder)) {
      endRecorded(processRecordPath(this.#ctx.stateDir, uid));
      if (!living.has(uid)) this.#leave(this.#removeFolder(uid));
    }
  }

  #add(pod: KubeObject): void {
    if (this.#workers.has(pod.metadata.uid) || isEnded(pod) || pod.metadata.deletionTimestamp !== undefined) return;
    const read = readPodSpec(pod);
    if (!read.ok) {
      this.#refuse(pod, read.message);
      return;
    }
    const made: WorkerPod = { ctx: this.#ctx, kubeletEnv: this.#env, binDir: BIN_DIR, pod, spec: read.spec, main: read.main };
    const worker = this.#workerFor(made);
    if (worker === undefined) return;
    this.#workers.set(pod.metadata.uid, worker);
    worker.start();
  }

  #workerFor(made: WorkerPod): PodWorker | undefined {
    const { pod, spec, main } = made;
    const isStep = pod.metadata.labels?.[WORKFLOW_LABEL] !== undefined || spec.restartPolicy !== 'Always';
    if (isStep && readPodStatus(pod).phase === 'Running') {
      this.#lose(pod);
      return undefined;
    }
    const found = findImage(this.#ctx.imageDir, main.image);
    if (found.kind === 'missing') {
      return createUnpulledPod(made, found, () => {
        this.#workers.delete(pod.metadata.uid);
        this.#add(pod);
      });
    }
    if (isStep) return createStepPod(made, found.kind === 'stored' ? found.image : undefined);
    return found.kind === 'stored' ? createServicePod(made, found.image) : createModelledPod(made);
  }

  /** A step cannot be picked up in the middle: it failed when its sandbox ended, and a retry strategy may try it again. */
  #lose(pod: KubeObject): void {
    const now = toTime(this.#ctx.clock.now());
    if (existsSync(podFolder(this.#ctx.stateDir, pod.metadata.uid))) writeFileSync(endMarkerPath(this.#ctx.stateDir, pod.metadata.uid), '');
    writePodStatus(this.#ctx, pod, {
      phase: 'Failed',
      state: {
        terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: readPodStatus(pod).startTime ?? now, finishedAt: now },
      },
      isReady: false,
      reason: 'NodeLost',
      message: 'pod deleted: the sandbox was stopped while it ran',
    });
  }

  #refuse(pod: KubeObject, message: string): void {
    writePodStatus(this.#ctx, pod, {
      phase: 'Pending',
      state: { waiting: { reason: 'CreateContainerConfigError', message } },
      isReady: false,
    });
  }

  #remove(pod: KubeObject): void {
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    this.#workers.delete(uid);
    const read = readPodSpec(pod);
    const graceMs = read.ok ? read.spec.terminationGracePeriodSeconds * 1000 : 0;
    if (worker !== undefined) this.#leavingWorkers.add(worker);
    this.#leave(
      (async () => {
        await worker?.end(graceMs);
        if (worker !== undefined) this.#leavingWorkers.delete(worker);
        await this.#removeFolder(uid);
      })(),
    );
  }

  async #removeFolder(uid: string): Promise<void> {
    await rm(podFolder(this.#ctx.stateDir, uid), { recursive: true, force: true, maxRetries: 10 });
  }

  #leave(work: Promise<void>): void {
    const counted = work
      .catch((error: unknown) => {
        this.#ctx.log('the kubelet could not tidy up after a pod', { error: String(error) });
      })
      .finally(() => {
        this.#leaving.delete(counted);
      });
    this.#leaving.add(counted);
  }
}
