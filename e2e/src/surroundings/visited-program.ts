import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { eventually } from '../contract/eventually.ts';
import type { StoredImage } from './image-store.ts';

/** What visitors of a program saw. */
export interface Measured {
  /** Share of requests that failed, from 0 to 1. */
  errorRate: number;
  /** 95th percentile of the time until an answer, in milliseconds. */
  p95Ms: number;
}

const visits = 20;
const startsWithinMs = 60_000;

/** A built program that runs as a process of this machine and is really called. */
export class VisitedProgram implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.#port = port;
  }

  /** Starts it on a port of its own, and resolves once it answers. */
  static async start(image: StoredImage): Promise<VisitedProgram> {
    const port = await freePort();
    const [program = '', ...args] = image.entrypoint;
    const path = program === 'node' ? process.execPath : program;
    const env = { NODE_ENV: 'production', PATH: process.env['PATH'], PORT: String(port) } as const;
    const child = spawn(path, args, { cwd: image.folder, env, stdio: 'ignore' });
    child.once('error', () => undefined);
    const started = new VisitedProgram(child, port);
    await eventually(
      `${image.entrypoint.join(' ')} answers`,
      () => {
        if (child.exitCode !== null) throw new Error(`${image.entrypoint.join(' ')} ended with ${child.exitCode}`);
        return started.#answers();
      },
      startsWithinMs,
    );
    return started;
  }

  /** Calls it as visitors do, and measures. */
  async visit(): Promise<Measured> {
    const seen = await Promise.all(
      Array.from({ length: visits }, async () => {
        const startedAt = performance.now();
        const isOk = await fetch(`http://127.0.0.1:${this.#port}/`, { signal: AbortSignal.timeout(5_000) }).then(
          async (response) => {
            await response.arrayBuffer();
            return response.status < 500;
          },
          () => false,
        );
        return { isOk, ms: performance.now() - startedAt };
      }),
    );
    const times = seen.map(({ ms }) => ms).toSorted((one, other) => one - other);
    return {
      errorRate: seen.filter(({ isOk }) => !isOk).length / visits,
      p95Ms: Math.round(times[Math.ceil(visits * 0.95) - 1] ?? 0),
    };
  }

  #answers(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.#port}/healthz`).then(
      () => true,
      () => false,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
