import { mkdir } from 'node:fs/promises';
import { toTime } from '../store/index.ts';
import { PORT_ANNOTATION } from '../workloads/objects/pod.ts';
import type { StoredImage } from './image/image-store.ts';
import { LogFile } from './log/log-file.ts';
import { logPath, podFolder, processRecordPath } from './model/folders.ts';
import { type ContainerState, writePodStatus } from './model/pod-status.ts';
import { readPodStatus } from './model/pod-view.ts';
import { freePort } from './process/free-port.ts';
import { prepare } from './process/prepare.ts';
import { writeProcessRecord } from './process/process-group.ts';
import { type ProcessEnd, runProcess, type RunningProcess } from './process/run-process.ts';
import { createHealth, type Health } from './service-health.ts';
import type { PodWorker, WorkerPod } from './worker.ts';

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;
/** A process that ran this long begins again with a short wait. */
const STEADY_MS = 60_000;

/** A pod of an image of the image store: a long-lived local process that listens on the port in `PORT`, restarted when it ends. */
export function createServicePod(made: WorkerPod, image: StoredImage): PodWorker {
  return new ServicePod(made, image);
}

class ServicePod implements PodWorker {
  readonly #made: WorkerPod;
  readonly #image: StoredImage;
  #process: RunningProcess | undefined;
  #health: Health | undefined;
  #cancelRestart: (() => void) | undefined;
  #done: Promise<void> = Promise.resolve();
  #isEnding = false;
  #restartCount: number;
  #crashes = 0;
  #lastState: ContainerState | undefined;
  #port: number | undefined;

  constructor(made: WorkerPod, image: StoredImage) {
    this.#made = made;
    this.#image = image;
    const [before] = readPodStatus(made.pod).containerStatuses;
    // A pod that ran in the sandbox's previous life is started again, and that is a restart.
    this.#restartCount =
      before === undefined || before.state?.waiting !== undefined ? (before?.restartCount ?? 0) : before.restartCount + 1;
  }

  start(): void {
    this.#done = this.#runOnce().catch((error: unknown) => {
      this.#made.ctx.log('the kubelet failed on a pod', { pod: this.#made.pod.metadata.name, error: String(error) });
      this.#afterEnd({ startError: `the sandbox could not run it: ${String(error)}` }, this.#made.ctx.clock.now());
    });
  }

  changed(): void {
    // Nothing in a running pod of this kind may change.
  }

  async end(graceMs: number): Promise<void> {
    this.#isEnding = true;
    this.#cancelRestart?.();
    this.#health?.stop();
    this.#process?.terminate(graceMs);
    await this.#done;
  }

  async #runOnce(): Promise<void> {
    const { ctx, pod, spec, main, kubeletEnv, binDir } = this.#made;
    const { uid } = pod.metadata;
    await mkdir(podFolder(ctx.stateDir, uid), { recursive: true });
    this.#port ??= await freePort();
    const log = await LogFile.open({ path: logPath(ctx.stateDir, uid), maxBytes: kubeletEnv.logMaxBytes, now: () => ctx.clock.now() });
    try {
      const ready = await prepare(ctx, {
        pod,
        spec,
        container: main,
        kubeletEnv,
        binDir,
        image: this.#image,
      });
      if (this.#isEnding) return;
      const startedAt = ctx.clock.now();
      const end = ready.ok
        ? await this.#runProcess({ ...ready.prepared, log, startedAt, port: this.#port })
        : { startError: ready.message };
      if ('startError' in end) await log.note(end.startError);
      this.#afterEnd(end, startedAt);
    } finally {
      await log.close();
    }
  }

  async #runProcess(run: Parameters<typeof runProcess>[0] & { startedAt: Date; port: number }): Promise<ProcessEnd> {
    const { ctx, pod, main } = this.#made;
    const { startedAt, port, ...asked } = run;
    // Where to listen is the sandbox's choice: what the container says about it is about its own network.
    this.#process = runProcess({ ...asked, env: { ...asked.env, PORT: String(port), HOST: '127.0.0.1' } });
    const report = (isReady: boolean): void => {
      if (!this.#isEnding) this.#write({ running: { startedAt: toTime(startedAt) } }, isReady);
    };
    if (this.#process.pid !== undefined) {
      writeProcessRecord(processRecordPath(ctx.stateDir, pod.metadata.uid), this.#process.pid);
      report(false);
      this.#health = createHealth(ctx.clock, {
        port,
        readiness: main.readinessProbe,
        liveness: main.livenessProbe,
        onReady: report,
        onDead: () => this.#process?.terminate(this.#made.spec.terminationGracePeriodSeconds * 1000),
      });
    }
    const end = await this.#process.ended;
    this.#health?.stop();
    return end;
  }

  #afterEnd(end: ProcessEnd, startedAt: Date): void {
    if (this.#isEnding) return;
    const { ctx, pod, main } = this.#made;
    const now = ctx.clock.now();
    const times = { startedAt: toTime(startedAt), finishedAt: toTime(now) };
    this.#lastState =
      'exitCode' in end
        ? { terminated: { exitCode: end.exitCode, reason: end.exitCode === 0 ? 'Completed' : 'Error', ...times } }
        : { terminated: { exitCode: 128, reason: 'StartError', message: end.startError, ...times } };
    this.#crashes = now.getTime() - startedAt.getTime() >= STEADY_MS ? 1 : this.#crashes + 1;
    const waitMs = this.#crashes === 1 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (this.#crashes - 2), LONGEST_BACKOFF_MS);
    const { name, namespace = '', uid } = pod.metadata;
    const message = `back-off ${Math.round(waitMs / 1000)}s restarting failed container=${main.name} pod=${name}_${namespace}(${uid})`;
    this.#write(waitMs === 0 ? this.#lastState : { waiting: { reason: 'CrashLoopBackOff', message } }, false);
    this.#cancelRestart = ctx.clock.after(waitMs, () => {
      this.#restartCount += 1;
      this.start();
    });
  }

  #write(state: ContainerState, isReady: boolean): void {
    writePodStatus(this.#made.ctx, this.#made.pod, {
      phase: 'Running',
      state,
      isReady,
      restartCount: this.#restartCount,
      ...(this.#lastState === undefined ? {} : { lastState: this.#lastState }),
      podIP: '127.0.0.1',
      imageID: this.#image.digest,
      ...(this.#port === undefined ? {} : { annotations: { [PORT_ANNOTATION]: String(this.#port) } }),
    });
  }
}
