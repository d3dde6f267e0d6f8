import type { KubeObject, SandboxContext } from '../store/index.ts';
import type { KubeletEnv } from './env.ts';
import type { Container, PodSpec } from './model/pod-view.ts';

/** What a worker is made for. */
export interface WorkerPod {
  ctx: SandboxContext;
  kubeletEnv: KubeletEnv;
  binDir: string;
  pod: KubeObject;
  spec: PodSpec;
  main: Container;
}

/** Looks after one pod from when it is seen until it has gone. */
export interface PodWorker {
  start(): void;
  /** The pod has changed. */
  changed(pod: KubeObject): void;
  /** The pod has gone, or the sandbox stops: ends its process and reports nothing more. Settles when nothing of it runs. */
  end(graceMs: number): Promise<void>;
}
