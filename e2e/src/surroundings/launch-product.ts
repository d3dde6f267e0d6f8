import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readyWithinMs = 10 * 60_000;
const shownLines = 60;

/** The whole product, started as its users start it. */
export interface LaunchedProduct extends AsyncDisposable {
  url: string;
}

/** Starts it with these arguments and variables on a state folder of its own, and resolves when it says that it is ready. */
export async function launchProduct(start: {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  stateDir: string;
}): Promise<LaunchedProduct> {
  const product = spawn(process.execPath, [join(root, 'tooling/run/src/start.ts'), '--verbose', ...start.args], {
    cwd: root,
    env: { ...process.env, ...start.env, FLOW_STATE_DIR: start.stateDir, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const ended = new Promise<never>((_resolve, reject) => {
    product.once('exit', (code) =>
      reject(new Error(`The product ended with ${String(code)} before it was ready:\n${lines.slice(-shownLines).join('\n')}`)),
    );
  });
  const ready = new Promise<string>((resolve) => {
    for (const stream of [product.stdout, product.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const url = /Flow is ready: (http:\S+)/.exec(line.replaceAll(/\u001b\[[0-9;]*m/g, ''))?.[1];
        if (url !== undefined) resolve(url);
      });
    }
  });
  const tooLate = AbortSignal.timeout(readyWithinMs);
  const late = new Promise<never>((_resolve, reject) => {
    tooLate.addEventListener('abort', () =>
      reject(new Error(`The product was not ready in time:\n${lines.slice(-shownLines).join('\n')}`)),
    );
  });
  const url = await Promise.race([ready, ended, late]);
  ended.catch(() => undefined);
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (product.exitCode !== null || product.signalCode !== null) return;
      const gone = new Promise((resolve) => product.once('exit', resolve));
      product.kill('SIGTERM');
      await gone;
    },
  };
}
