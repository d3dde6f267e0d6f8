import { connect } from 'node:net';
import type { Backend } from './service-backends.ts';

/**
 * After a start of the sandbox, pods that are Ready in its records may have no process yet: requests to them would count as failures of a
 * release that did nothing wrong. So a pod that was Ready before is used only once something listens on its port.
 */
export class ProvenBackends {
  readonly #sinceMs: number;
  readonly #proven = new Set<string>();
  readonly #asking = new Set<string>();

  constructor(startedAt: Date) {
    // Times in a pod's status are whole seconds.
    this.#sinceMs = Math.floor(startedAt.getTime() / 1000) * 1000;
  }

  /** Those that can be used now. For the others `onProven` is called once one of them answers. */
  usable(backends: readonly Backend[], onProven: () => void): Backend[] {
    return backends.filter((backend) => {
      if (backend.port === undefined) return false;
      const key = `${backend.pod.metadata.uid}:${backend.port}`;
      if (backend.readySinceMs >= this.#sinceMs || this.#proven.has(key)) return true;
      this.#ask(key, backend.port, onProven);
      return false;
    });
  }

  #ask(key: string, port: number, onProven: () => void): void {
    if (this.#asking.has(key)) return;
    this.#asking.add(key);
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      this.#proven.add(key);
      onProven();
      socket.destroy();
    });
    // Nothing listens: the pod is started again, and its own status will tell when it is ready.
    socket.once('error', () => socket.destroy());
    socket.once('close', () => this.#asking.delete(key));
  }
}
