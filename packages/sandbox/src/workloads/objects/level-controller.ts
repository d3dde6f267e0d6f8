import { ApiError, type Controller, type ObjectKey, type ResourceName, type SandboxContext, type WatchEvent } from '../../store/index.ts';

/** A change that a controller reacts to, and whose objects it then looks at again. */
export interface Trigger {
  resource: ResourceName;
  keys(event: WatchEvent): readonly ObjectKey[];
}

export interface LevelControllerOptions {
  name: string;
  ctx: SandboxContext;
  triggers: readonly Trigger[];
  /** Every object to look at when the controller starts. */
  all(): readonly ObjectKey[];
  /** Brings one object nearer to what it asks for. The returned time is when to look again without a change. */
  reconcile(key: ObjectKey): Date | undefined;
  onStop?(): Promise<void>;
}

/** Reconciles between two turns of the event loop; more than this would keep requests waiting. */
const REWORK_LIMIT_PER_TURN = 500;
/** A key that comes back this often within one second is doing no good: it waits. */
const REWORK_LIMIT_PER_SECOND = 60;
const RETRY_MS = 1000;

/**
 * A controller that keeps no state of its own: it is told which objects may have changed, reads them, and acts.
 * Reconciles run one after the other, never inside a write; so what one reconcile wrote, the next one reads.
 */
export function createLevelController(options: LevelControllerOptions): Controller {
  return new LevelController(options);
}

class LevelController implements Controller {
  readonly #options: LevelControllerOptions;
  readonly #queue = new Map<string, ObjectKey>();
  readonly #wakes = new Map<string, { atMs: number; cancel: () => void }>();
  readonly #recent = new Map<string, { second: number; runs: number }>();
  #unwatch: (() => void)[] = [];
  #draining = false;
  #running = false;

  constructor(options: LevelControllerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    const { triggers, ctx } = this.#options;
    this.#unwatch = triggers.map((trigger) =>
      ctx.store.watch(trigger.resource, (event) => {
        for (const key of trigger.keys(event)) this.#enqueue(key);
      }),
    );
    for (const key of this.#options.all()) this.#enqueue(key);
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const unwatch of this.#unwatch) unwatch();
    for (const wake of this.#wakes.values()) wake.cancel();
    this.#wakes.clear();
    this.#queue.clear();
    await this.#options.onStop?.();
  }

  #enqueue(key: ObjectKey): void {
    if (!this.#running) return;
    this.#queue.set(`${key.namespace ?? ''}/${key.name}`, key);
    if (this.#draining) return;
    this.#draining = true;
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    let left = REWORK_LIMIT_PER_TURN;
    for (const [id, key] of this.#queue) {
      if (left === 0) {
        setImmediate(() => this.#drain());
        return;
      }
      left -= 1;
      this.#queue.delete(id);
      this.#run(id, key);
    }
    this.#draining = false;
  }

  #run(id: string, key: ObjectKey): void {
    if (!this.#running) return;
    if (this.#isTooOften(id)) {
      this.#wake(id, key, this.#nowMs() + RETRY_MS);
      return;
    }
    this.#wakes.get(id)?.cancel();
    this.#wakes.delete(id);
    try {
      const wakeAt = this.#options.reconcile(key);
      if (wakeAt !== undefined) this.#wake(id, key, wakeAt.getTime());
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) {
        this.#options.ctx.log(`${this.#options.name} could not handle ${id}`, { error: String(error) });
      }
      this.#wake(id, key, this.#nowMs() + RETRY_MS);
    }
  }

  #wake(id: string, key: ObjectKey, atMs: number): void {
    const wake = this.#options.ctx.clock.after(Math.max(0, atMs - this.#nowMs()), () => {
      this.#wakes.delete(id);
      this.#enqueue(key);
    });
    this.#wakes.set(id, { atMs, cancel: wake });
  }

  #isTooOften(id: string): boolean {
    const second = Math.floor(this.#nowMs() / 1000);
    const seen = this.#recent.get(id);
    if (seen === undefined || seen.second !== second) {
      if (this.#recent.size > 10_000) this.#recent.clear();
      this.#recent.set(id, { second, runs: 1 });
      return false;
    }
    seen.runs += 1;
    return seen.runs > REWORK_LIMIT_PER_SECOND;
  }

  #nowMs(): number {
    return this.#options.ctx.clock.now().getTime();
  }
}
