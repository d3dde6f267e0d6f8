import { findImage, type ImageLookup } from './image/image-store.ts';
import { writePodStatus } from './model/pod-status.ts';
import type { PodWorker, WorkerPod } from './worker.ts';

const LOOK_AGAIN_MS = 2000;

type Missing = Extract<ImageLookup, { kind: 'missing' }>;

/** A pod whose image cannot be had: it waits, and looks again from time to time. `onFound` is called when the image is there. */
export function createUnpulledPod(made: WorkerPod, missing: Missing, onFound: () => void): PodWorker {
  const { ctx, pod, main } = made;
  let cancel: (() => void) | undefined;
  const wait = (why: Missing): void => {
    const { reason, message } = why;
    writePodStatus(ctx, pod, { phase: 'Pending', state: { waiting: { reason, message } }, isReady: false });
    cancel = ctx.clock.after(LOOK_AGAIN_MS, () => {
      const now = findImage(ctx.imageDir, main.image);
      if (now.kind === 'missing') wait(now);
      else onFound();
    });
  };
  return {
    start: () => {
      wait(missing);
    },
    changed: () => undefined,
    end: async () => {
      cancel?.();
    },
  };
}
