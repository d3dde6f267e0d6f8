import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Of every person of the demo. */
export const password = 'canary-in-the-mine';

/** The whole product with its demo, for one benchmark. */
export interface Product extends AsyncDisposable {
  url: string;
  stateDir: string;
  /** Process id of the foreground command that started all others. */
  pid: number;
  /** Process ids by the name of the process: web, worker, sandbox, … */
  pids: ReadonlyMap<string, number>;
}

/** Starts the product as its users do, with limits that one machine which asks for everyone does not reach. */
export async function startProduct(): Promise<Product> {
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-bench-'));
  await chmod(stateDir, 0o755);
  const product = spawn(process.execPath, [join(root, 'tooling/run/src/start.ts')], {
    cwd: root,
    env: { ...process.env, FLOW_STATE_DIR: stateDir, FLOW_RATE_SCALE: '1000', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyUrl(product).catch(async (error: unknown) => {
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  });
  return {
    url,
    stateDir,
    pid: product.pid ?? 0,
    pids: await childrenOf(product.pid ?? 0),
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => product.once('exit', resolve));
      product.kill('SIGTERM');
      await gone;
      await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The address in the line that says that all is ready. */
function readyUrl(product: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  return new Promise((resolve, reject) => {
    product.once('exit', (code) => reject(new Error(`the product ended with ${String(code)}`)));
    createInterface({ input: product.stdout }).on('line', (line) => {
      const found = /Flow is ready: (http:\S+)/.exec(line.replaceAll(/\u001b\[[0-9;]*m/g, ''))?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}

/** Which process is which, by the program that it runs (Linux). */
async function childrenOf(parent: number): Promise<Map<string, number>> {
  const names: readonly [string, RegExp][] = [
    ['web', /apps\/web\/server\/main\.ts/],
    ['worker', /apps\/worker\/src\/main\.ts/],
    ['sandbox', /sandbox\/src\/server\/main\.ts/],
  ];
  const found = new Map<string, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [status, line] = await Promise.all([
      readFile(`/proc/${entry}/status`, 'utf8').catch(() => ''),
      readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => ''),
    ]);
    if (Number(/PPid:\s+(\d+)/.exec(status)?.[1]) !== parent) continue;
    for (const [name, pattern] of names) if (pattern.test(line)) found.set(name, Number(entry));
  }
  return found;
}

/** Logs a person in as a browser does, and gives the cookie that every request of theirs carries. */
export async function logIn(url: string, email: string): Promise<string> {
  const asked = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await asked.json());
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookiesOf(asked), origin: url },
    body: new URLSearchParams({ csrfToken, email, password, json: 'true', callbackUrl: url }),
  });
  const session = /flow-session=[^;]+/.exec(cookiesOf(answer))?.[0];
  if (session === undefined) throw new Error(`${email} could not log in: ${answer.status} ${await answer.text()}`);
  return session;
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

/** Who asks: an address and the cookie of a logged-in person. */
export interface Session {
  url: string;
  cookie: string;
}

/** Asks the API as the person of the session. */
export function ask(session: Session, procedure: string, input: unknown): Promise<unknown> {
  return send(session, `${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, {});
}

/** Changes something by the API as the person of the session. */
export function change(session: Session, procedure: string, input: unknown): Promise<unknown> {
  return send(session, procedure, { method: 'POST', body: JSON.stringify(input) });
}

const answered = z.object({ result: z.object({ data: z.unknown() }) });

async function send({ url, cookie }: Session, path: string, init: RequestInit): Promise<unknown> {
  const headers = { cookie, 'content-type': 'application/json', origin: url };
  const answer = await fetch(`${url}/api/trpc/${path}`, { ...init, headers });
  const text = await answer.text();
  const body = answered.safeParse(JSON.parse(text));
  if (!body.success) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return body.data.result.data;
}
