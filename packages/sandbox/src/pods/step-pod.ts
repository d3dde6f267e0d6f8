import { mkdir, writeFile } from 'node:fs/promises';
import { toTime } from '../store/index.ts';
import type { StoredImage } from './image/image-store.ts';
import { LogFile } from './log/log-file.ts';
import { endMarkerPath, logPath, podFolder, processRecordPath } from './model/folders.ts';
import { type ContainerState, type Observed, writePodStatus } from './model/pod-status.ts';
import { prepare, type Prepared } from './process/prepare.ts';
import { writeProcessRecord } from './process/process-group.ts';
import { type ProcessEnd, runProcess, type RunningProcess } from './process/run-process.ts';
import { LARGEST_OUTPUT_BYTES, readOutputs } from './step-outputs.ts';
import { OUTPUTS_ANNOTATION, parseStepTask, type StepOutputs, type StepTask, TASK_ANNOTATION, TERMINATE_ANNOTATION } from './step-task.ts';
import type { PodWorker, WorkerPod } from './worker.ts';

/** A pod that runs one command to its end: a step of a workflow, or a Job's. */
export function createStepPod(made: WorkerPod, image: StoredImage | undefined): PodWorker {
  return new StepPod(made, image);
}

interface Outcome {
  end: ProcessEnd;
  outputs?: StepOutputs;
  /** Why the outputs could not be taken. */
  lost?: string;
}

class StepPod implements PodWorker {
  readonly #made: WorkerPod;
  readonly #image: StoredImage | undefined;
  readonly #task: StepTask | undefined;
  #process: RunningProcess | undefined;
  #done: Promise<void> = Promise.resolve();
  #isEnding = false;
  #isTerminated: boolean;
  #isOverdue = false;
  #cancelDeadline: (() => void) | undefined;
  #startedAt = '';

  constructor(made: WorkerPod, image: StoredImage | undefined) {
    this.#made = made;
    this.#image = image;
    const task = made.pod.metadata.annotations?.[TASK_ANNOTATION];
    this.#task = task === undefined ? undefined : parseStepTask(task);
    this.#isTerminated = made.pod.metadata.annotations?.[TERMINATE_ANNOTATION] !== undefined;
  }

  start(): void {
    this.#done = this.#run().catch((error: unknown) => {
      this.#made.ctx.log('the kubelet failed on a pod', { pod: this.#made.pod.metadata.name, error: String(error) });
      this.#report({ end: { startError: `the sandbox could not run it: ${String(error)}` } });
    });
  }

  changed(pod: WorkerPod['pod']): void {
    if (pod.metadata.annotations?.[TERMINATE_ANNOTATION] === undefined || this.#isTerminated) return;
    this.#isTerminated = true;
    this.#process?.terminate(this.#graceMs());
  }

  async end(graceMs: number): Promise<void> {
    this.#isEnding = true;
    this.#cancelDeadline?.();
    this.#process?.terminate(graceMs);
    await this.#done;
  }

  #graceMs(): number {
    return this.#made.spec.terminationGracePeriodSeconds * 1000;
  }

  async #run(): Promise<void> {
    const { ctx, pod, spec, main, kubeletEnv, binDir } = this.#made;
    const { uid } = pod.metadata;
    this.#startedAt = toTime(ctx.clock.now());
    writePodStatus(ctx, pod, { phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } }, isReady: false });
    await mkdir(podFolder(ctx.stateDir, uid), { recursive: true });
    const log = await LogFile.open({ path: logPath(ctx.stateDir, uid), maxBytes: kubeletEnv.logMaxBytes, now: () => ctx.clock.now() });
    try {
      const ready = await prepare(ctx, {
        pod,
        spec,
        container: main,
        kubeletEnv,
        binDir,
        ...(this.#task === undefined ? {} : { task: this.#task }),
        ...(this.#image === undefined ? {} : { image: this.#image }),
      });
      const outcome = ready.ok ? await this.#execute(ready.prepared, log) : { end: { startError: ready.message } };
      const last = this.#lastLine(outcome.end);
      if (last !== undefined) await log.note(last);
      await log.close();
      await writeFile(endMarkerPath(ctx.stateDir, uid), '').catch(() => undefined);
      this.#report(outcome);
    } finally {
      await log.close().catch(() => undefined);
    }
  }

  /** Why it did not start; and for a step that failed, what Argo's executor writes below its log. */
  #lastLine(end: ProcessEnd): string | undefined {
    if ('startError' in end) return end.startError;
    const isEnded = this.#isTerminated || this.#isOverdue || this.#isEnding;
    return this.#task === undefined || end.exitCode === 0 || isEnded ? undefined : `Error: exit status ${end.exitCode}`;
  }

  async #execute(prepared: Prepared, log: LogFile): Promise<Outcome> {
    const { ctx, pod, spec } = this.#made;
    if (this.#isEnding || this.#isTerminated) return { end: { exitCode: 143 } };
    const result: Buffer[] = [];
    let resultBytes = 0;
    this.#process = runProcess({
      ...prepared,
      log,
      ...(this.#task?.captureResult === true
        ? {
            onStdout: (chunk: Buffer): void => {
              if (resultBytes < LARGEST_OUTPUT_BYTES) result.push(chunk);
              resultBytes += chunk.length;
            },
          }
        : {}),
    });
    if (this.#process.pid !== undefined) {
      writeProcessRecord(processRecordPath(ctx.stateDir, pod.metadata.uid), this.#process.pid);
      writePodStatus(ctx, pod, { phase: 'Running', state: { running: { startedAt: this.#startedAt } }, isReady: true, podIP: '127.0.0.1' });
    }
    if (spec.activeDeadlineSeconds !== undefined) {
      this.#cancelDeadline = ctx.clock.after(spec.activeDeadlineSeconds * 1000, () => {
        this.#isOverdue = true;
        this.#process?.terminate(this.#graceMs());
      });
    }
    const end = await this.#process.ended;
    this.#cancelDeadline?.();
    return this.#gather(end, prepared, Buffer.concat(result).subarray(0, LARGEST_OUTPUT_BYTES));
  }

  async #gather(end: ProcessEnd, prepared: Prepared, stdout: Buffer): Promise<Outcome> {
    if (this.#task === undefined || !('exitCode' in end)) return { end };
    const base: StepOutputs = {
      exitCode: String(end.exitCode),
      ...(this.#task.captureResult ? { result: stdout.toString('utf8').replace(/\n$/, '') } : {}),
    };
    if (this.#task.outputs.length === 0) return { end, outputs: base };
    const read = await readOutputs(this.#task, prepared);
    if (read.ok) return { end, outputs: { ...base, parameters: read.parameters } };
    return end.exitCode === 0 ? { end, outputs: base, lost: read.message } : { end, outputs: base };
  }

  #report(outcome: Outcome): void {
    if (this.#isEnding) return;
    const { ctx, pod } = this.#made;
    writePodStatus(ctx, pod, {
      ...this.#observedOf(outcome),
      isReady: false,
      podIP: '127.0.0.1',
      ...(outcome.outputs === undefined ? {} : { annotations: { [OUTPUTS_ANNOTATION]: JSON.stringify(outcome.outputs) } }),
    });
  }

  #observedOf(outcome: Outcome): Pick<Observed, 'phase' | 'state' | 'reason' | 'message'> {
    const { end, lost } = outcome;
    const times = { startedAt: this.#startedAt, finishedAt: toTime(this.#made.ctx.clock.now()) };
    if ('startError' in end) {
      const state: ContainerState = { terminated: { exitCode: 128, reason: 'StartError', message: end.startError, ...times } };
      return { phase: 'Failed', state };
    }
    const state: ContainerState = { terminated: { exitCode: end.exitCode, reason: end.exitCode === 0 ? 'Completed' : 'Error', ...times } };
    if (this.#isOverdue) {
      return {
        phase: 'Failed',
        state,
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      };
    }
    if (lost !== undefined) return { phase: 'Failed', state, message: `wait: Error (exit code 64): ${lost}` };
    return { phase: end.exitCode === 0 ? 'Succeeded' : 'Failed', state };
  }
}
