import { createServer, type Server } from 'node:http';
import type { KubeObject } from '../../store/index.ts';
import { forwardRequest, visit, type Forwarding } from './forward-request.ts';
import type { Backend } from './service-backends.ts';

const MOST_VISITS_AT_ONCE = 50;

/** The loopback address of one Service: takes requests and spreads them over its ready processes, one after the other. */
export class ServiceListener {
  readonly #forwarding: Forwarding;
  readonly #key: { namespace: string; name: string };
  readonly #server: Server;
  #backends: Backend[] = [];
  #turn = 0;
  #visits = 0;
  #opening: Promise<number> = Promise.resolve(0);

  constructor(forwarding: Forwarding, service: KubeObject) {
    this.#forwarding = forwarding;
    this.#key = { namespace: service.metadata.namespace ?? '', name: service.metadata.name };
    this.#server = createServer((incoming, outgoing) => {
      const backend = this.#next();
      if (backend === undefined) {
        outgoing.writeHead(503, { 'content-type': 'text/plain' }).end(`no pod of Service ${this.#name} is ready\n`);
        return;
      }
      forwardRequest(this.#forwarding, { service: this.#name, backend }, { incoming, outgoing });
    });
  }

  /** Takes the wanted port when it is free, else any. Resolves with the port. */
  listen(wanted: number | undefined): Promise<number> {
    this.#opening = this.#bind(wanted ?? 0).catch(() => this.#bind(0));
    return this.#opening;
  }

  /** From now on these pods get the requests. */
  use(backends: Backend[]): void {
    this.#backends = backends;
  }

  /** One request of a visitor, unless too many are waiting for their answers already. */
  visit(path: string): void {
    const backend = this.#visits < MOST_VISITS_AT_ONCE ? this.#next() : undefined;
    if (backend === undefined) return;
    this.#visits += 1;
    visit(
      this.#forwarding,
      { service: this.#name, backend },
      {
        path,
        onDone: () => {
          this.#visits -= 1;
        },
      },
    );
  }

  get hasBackends(): boolean {
    return this.#backends.length > 0;
  }

  async close(): Promise<void> {
    await this.#opening.catch(() => undefined);
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get #name(): string {
    return `${this.#key.namespace}/${this.#key.name}`;
  }

  #next(): Backend | undefined {
    const backend = this.#backends[this.#turn % Math.max(1, this.#backends.length)];
    this.#turn = (this.#turn + 1) % 1_000_000;
    return backend;
  }

  #bind(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }
}
