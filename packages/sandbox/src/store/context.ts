import type { Clock, Store } from './store.ts';

/** One line of what the sandbox did, for the person who runs it. */
export type SandboxLog = (message: string, fields?: Record<string, unknown>) => void;

/** What every controller of one sandbox cluster is given. */
export interface SandboxContext {
  store: Store;
  clock: Clock;
  /** Folder of this cluster alone; a controller keeps its files in a sub-folder of its own name. */
  stateDir: string;
  /** Folder with the images that can run as local processes. */
  imageDir: string;
  log: SandboxLog;
}
