import type { PolicyRule } from '@flow/delivery/access';
import type { ClusterClient } from '@flow/delivery/cluster';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { inject } from 'vitest';
import { openRealEngine } from './real-engine.ts';
import { openSandboxEngine } from './sandbox-engine.ts';

/** What a suite runs on: the sandbox, or the real Kubernetes, Argo and containers that `realClusters()` finds. */
export type EngineKind = 'sandbox' | 'real';

/** One cluster with a namespace of its own, for one test file. Tests say what must hold on it, and never ask which one it is. */
export interface Engine extends AsyncDisposable {
  kind: EngineKind;
  /** As Flow comes: on a real cluster with the rights of its account and no more. */
  connection: ClusterConnection;
  client: ClusterClient;
  /** Prepares what Flow finds, and looks behind. */
  admin: ClusterClient;
  adminConnection: ClusterConnection;
  /** Ready for pipelines and releases, and deleted with the engine. */
  namespace: string;
  /** Folder that goes with the engine. */
  folder: string;
  /** Makes an account that may do this in the namespace of the engine, and nothing anywhere else. */
  account(rules: readonly PolicyRule[]): Promise<Account>;
  /** Has the cluster forget its history up to now. What is written later than its call may have to be waited for. */
  forgetHistory(): Promise<void>;
}

/** An account of a test. */
export interface Account {
  /** How the cluster calls it. */
  user: string;
  connection: ClusterConnection;
  /** The same account with a token that is good for so long and no longer. */
  shortLived(lifeMs: number): ClusterConnection;
}

declare module 'vitest' {
  interface ProvidedContext {
    engine: EngineKind;
  }
}

/** Opens the engine of this run: `test:contract` takes the sandbox, `test:contract:clusters` the real one. */
export async function openEngine(): Promise<Engine> {
  return inject('engine') === 'real' ? openRealEngine() : openSandboxEngine();
}
