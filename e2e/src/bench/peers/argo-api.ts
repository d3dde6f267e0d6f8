import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { buildPeer } from '../../cluster/build/build-programs.ts';
import type { PeerName } from '../../cluster/build/parts.ts';
import { builder } from '../../cluster/machine/requirements.ts';
import { eventually } from '../../contract/eventually.ts';
import type { Child } from '../child.ts';

/** A server of Argo's on a real cluster, in a process of its own. */
export interface ArgoApi extends Child {
  /** The program that it runs, for a command beside it. */
  program: string;
  /** The kubeconfig that it uses. */
  kubeconfig: string;
}

const startsWithinMs = 120_000;
/** Both try again without a word when their port is taken: a free one is chosen, so that no other process answers. */
const commands: Readonly<Record<PeerName, { args: (port: number) => string[]; ready: string }>> = {
  'argo-server': {
    args: (port) => [
      'server',
      '--namespace=argo',
      '--auth-mode=server',
      '--secure=false',
      '--loglevel=error',
      // What it may ask of the API server, and be asked, is not what is measured.
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      '--api-rate-limit=1000000',
      `--port=${port}`,
    ],
    ready: '/api/v1/version',
  },
  'rollouts-dashboard': { args: (port) => ['dashboard', `--port=${port}`], ready: '/rollouts/api/v1/version' },
};

/** Builds Argo's own server from its Go module, starts it as an administrator of the cluster and waits until it answers. */
export async function startArgoApi(name: PeerName, connection: ClusterConnection): Promise<ArgoApi> {
  const program = await buildPeer(name, await builder(), (line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), `flow-bench-${name}-`));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, writeKubeconfig(connection), { mode: 0o600 });
  const port = await freePort();
  const log = openSync(join(folder, 'log'), 'a');
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: kubeconfig };
  const child = spawn(program, commands[name].args(port), { cwd: folder, env, stdio: ['ignore', log, log] });
  closeSync(log);
  const gone = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${readFileSync(join(folder, 'log'), 'utf8').slice(-2_000)}`);
    return fetch(`${url}${commands[name].ready}`).then(
      (answer) => answer.ok,
      () => false,
    );
  };
  const end = async (): Promise<void> => {
    // argo-server takes no notice of SIGTERM for a while.
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  await eventually(`${name} answers`, answers, startsWithinMs).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { url, pid: child.pid ?? 0, program, kubeconfig, [Symbol.asyncDispose]: end };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const closed = once(server, 'close');
  server.close();
  await closed;
  return typeof address === 'object' && address !== null ? address.port : 0;
}
