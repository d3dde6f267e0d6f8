import { toTime } from '../store/index.ts';
import { readPodStatus } from './model/pod-view.ts';
import { writePodStatus } from './model/pod-status.ts';
import type { PodWorker, WorkerPod } from './worker.ts';

const READY_AFTER_ANNOTATION = 'sandbox.flow.dev/ready-after';
const FAIL_ANNOTATION = 'sandbox.flow.dev/fail';
const DEFAULT_READY_AFTER_MS = 300;

/**
 * A pod that runs nothing: it becomes Running and Ready a moment after it was made. `sandbox.flow.dev/ready-after` is that moment in
 * milliseconds; with `sandbox.flow.dev/fail: "true"` it is Running and never Ready.
 */
export function createModelledPod({ ctx, pod }: WorkerPod): PodWorker {
  let cancel: (() => void) | undefined;
  const isFailing = pod.metadata.annotations?.[FAIL_ANNOTATION] === 'true';
  const run = (): void => {
    const startedAt = toTime(ctx.clock.now());
    writePodStatus(ctx, pod, { phase: 'Running', state: { running: { startedAt } }, isReady: !isFailing, podIP: '127.0.0.1' });
  };
  return {
    start: () => {
      if (readPodStatus(pod).phase === 'Running') return;
      writePodStatus(ctx, pod, { phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } }, isReady: false });
      const asked = Number(pod.metadata.annotations?.[READY_AFTER_ANNOTATION] ?? DEFAULT_READY_AFTER_MS);
      cancel = ctx.clock.after(Number.isFinite(asked) && asked >= 0 ? asked : DEFAULT_READY_AFTER_MS, run);
    },
    changed: () => undefined,
    end: async () => {
      cancel?.();
    },
  };
}
