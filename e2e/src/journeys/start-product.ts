import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openProvider } from '../signin/open-provider.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readyWithinMs = 5 * 60_000;

/** Starts the whole product as its users do, with a state folder and a provider of single sign-on of its own; the returned function ends it. */
export default async function startProduct(): Promise<() => Promise<void>> {
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-journeys-'));
  // As root, the database runs as a user of its own, who must get in.
  await chmod(stateDir, 0o755);
  const provider = await openProvider();
  const product = spawn(process.execPath, [join(root, 'tooling/run/src/start.ts'), '--verbose'], {
    cwd: root,
    env: { ...process.env, ...provider.settings, FLOW_STATE_DIR: stateDir, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const ended = new Promise<never>((_resolve, reject) => {
    product.once('exit', (code) =>
      reject(new Error(`The product ended with ${String(code)} before it was ready:\n${lines.slice(-60).join('\n')}`)),
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
    tooLate.addEventListener('abort', () => reject(new Error(`The product was not ready in time:\n${lines.slice(-60).join('\n')}`)));
  });
  const url = await Promise.race([ready, ended, late]);
  provider.serve(url);
  process.env['FLOW_URL'] = url;
  process.env['FLOW_REPOSITORY'] = join(stateDir, 'git', 'checkout.git');
  ended.catch(() => undefined);
  return async () => {
    const gone = new Promise((resolve) => product.once('exit', resolve));
    product.kill('SIGTERM');
    await gone;
    provider.close();
    await rm(stateDir, { recursive: true, force: true });
  };
}
