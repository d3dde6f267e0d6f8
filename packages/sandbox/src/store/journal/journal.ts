import type { KubeObject } from '../object.ts';
import type { ResourceName } from '../store.ts';

/** One write, as it is kept on disk. `object` is absent when the object was removed. */
export interface JournalEntry {
  revision: number;
  resource: ResourceName;
  namespace?: string;
  name: string;
  object?: KubeObject;
}

/** What was found on disk at the start. */
export interface JournalState {
  revision: number;
  objects: { resource: ResourceName; object: KubeObject }[];
}

/** Where a store keeps its writes so that they survive the end of its process, however it ends. */
export interface Journal {
  load(): JournalState;
  append(entry: JournalEntry): void;
  close(): void;
}
