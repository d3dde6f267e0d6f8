import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../contract/eventually.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** A program of the product as a process of its own, which can be ended hard and started again. */
export class Program implements AsyncDisposable {
  readonly #file: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #lines: string[] = [];
  #child: ChildProcess | null = null;
  #readyAt: number | null = null;

  /** `file` is its main module, from the root of the repository. */
  constructor(file: string, start: { args: readonly string[]; env: Readonly<Record<string, string>> }) {
    this.#file = file;
    this.#args = start.args;
    this.#env = start.env;
  }

  /** When it said that it is ready; null while it starts. */
  get readyAt(): number | null {
    return this.#readyAt;
  }

  /** What it printed last, for the message of a failure. */
  get lastWords(): string {
    return this.#lines.slice(-30).join('\n');
  }

  start(): void {
    const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...this.#env };
    const child = spawn(process.execPath, [`${root}${this.#file}`, ...this.#args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#readyAt = null;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"ready":true') && this.#child === child) this.#readyAt = performance.now();
      this.#lines.push(line);
    });
    createInterface({ input: child.stderr }).on('line', (line) => this.#lines.push(line));
  }

  /** Sends the signal and waits until the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end('SIGKILL');
  }
}

/** Waits until a program has said that it is ready. */
export function isReady(program: Program, what: string): Promise<true> {
  return eventually(`${what} is ready`, () => Promise.resolve(program.readyAt !== null), 120_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${program.lastWords}`, { cause: error });
  });
}
