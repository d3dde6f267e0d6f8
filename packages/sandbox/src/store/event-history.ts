import { expired } from './api-error.ts';
import type { ResourceName, WatchEvent } from './store.ts';

interface Recorded {
  revision: number;
  resource: ResourceName;
  event: WatchEvent;
}

/** The newest writes, so that a watch can begin in the recent past. Older ones are dropped, and asking for them is 410 Expired. */
export class EventHistory {
  readonly #limit: number;
  #events: Recorded[] = [];
  /** All events after this revision are still kept. */
  #completeAfter: number;

  constructor(limit: number, startRevision: number) {
    this.#limit = limit;
    this.#completeAfter = startRevision;
  }

  record(revision: number, resource: ResourceName, event: WatchEvent): void {
    this.#events.push({ revision, resource, event });
    // Dropping in large steps keeps a write O(1) in the mean.
    if (this.#events.length > this.#limit * 2) this.#dropTo(this.#events.length - this.#limit);
  }

  /** True when nothing after the revision has been forgotten. */
  reaches(revision: number): boolean {
    return revision >= this.#completeAfter;
  }

  since(resource: ResourceName, revision: number): WatchEvent[] {
    if (!this.reaches(revision)) throw expired(`too old resource version: ${revision} (${this.#completeAfter + 1})`);
    const first = this.#firstAfter(revision);
    return this.#events.slice(first).flatMap((recorded) => (recorded.resource === resource ? [recorded.event] : []));
  }

  forget(): void {
    this.#dropTo(this.#events.length);
  }

  #dropTo(count: number): void {
    this.#completeAfter = this.#events[count - 1]?.revision ?? this.#completeAfter;
    this.#events = this.#events.slice(count);
  }

  #firstAfter(revision: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
