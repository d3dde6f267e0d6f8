import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tracedPart } from '@flow/telemetry/trace';
import type { ClusterConnection } from '../kubeconfig/index.ts';
import { writeKubeconfig } from '../kubeconfig/index.ts';
import { helmFault } from './helm-fault.ts';

export interface HelmCall {
  binary: string;
  /** Folder in which each call gets a home of its own. */
  homeDir: string;
  /** None for rendering, which needs no cluster. */
  connection: ClusterConnection | null;
  args: readonly string[];
  /** Given on stdin, for `--values -`. */
  input?: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** What is being done, for messages: `upgrade of checkout in shop`. */
  what: string;
}

const maxOutputBytes = 16 * 1024 * 1024;
/** After SIGTERM helm marks its release as failed; only then it is killed, which leaves the release pending. */
const graceMs = 10_000;

/** Runs helm with a home, a kubeconfig and an environment of its own; returns stdout, throws what its failure means. */
export async function runHelm(call: HelmCall): Promise<string> {
  await mkdir(call.homeDir, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(call.homeDir, 'call-'));
  try {
    const kubeconfig = join(home, 'kubeconfig');
    await mkdir(join(home, 'plugins'));
    if (call.connection !== null) await writeFile(kubeconfig, writeKubeconfig(call.connection), { mode: 0o600 });
    const work = { name: `helm ${call.args[0] ?? ''}`, role: 'client', attributes: { 'process.executable.name': 'helm' } } as const;
    return await tracedPart(work, () => execute(call, environment(home, kubeconfig)));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Nothing of Flow's own environment reaches helm or a chart. */
function environment(home: string, kubeconfig: string): NodeJS.ProcessEnv {
  return {
    HOME: home,
    TMPDIR: home,
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'plugins'),
    HELM_DRIVER: 'secret',
    NO_COLOR: '1',
  };
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  ended: 'exited' | 'timeout' | 'aborted' | 'tooMuch';
}

async function execute(call: HelmCall, env: NodeJS.ProcessEnv): Promise<string> {
  call.signal?.throwIfAborted();
  const child = spawn(call.binary, [...call.args], { env, cwd: env['HOME'], stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = await watch(child, call);
  if (ended.ended === 'exited' && ended.code === 0) return ended.stdout;
  call.signal?.throwIfAborted();
  throw helmFault(call, ended);
}

function watch(child: ChildProcess, call: HelmCall): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  let how: Ended['ended'] = 'exited';
  const stop = (why: Ended['ended']): void => {
    if (how !== 'exited') return;
    how = why;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  };
  const onAbort = (): void => stop('aborted');
  const timer = setTimeout(() => stop('timeout'), call.timeoutMs);
  call.signal?.addEventListener('abort', onAbort, { once: true });
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      if (output[name].length > maxOutputBytes) stop('tooMuch');
    });
  }
  // A helm that ends before it has read its input closes the pipe: its exit code says what happened.
  child.stdin?.on('error', () => undefined).end(call.input ?? '');
  return new Promise((resolve) => {
    const settle = (code: number | null, error: string): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onAbort);
      resolve({ code, stdout: output.stdout, stderr: output.stderr + error, ended: how });
    };
    child.once('error', (error) => settle(null, `Error: ${error.message}`));
    child.once('close', (code) => settle(code, ''));
  });
}
