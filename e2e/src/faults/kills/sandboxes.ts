import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@flow/db/embedded';
import { parseKubeconfig, type ClusterConnection } from '@flow/delivery/kubeconfig';
import { isReady, Program } from './program.ts';

const regions = ['eu', 'us'] as const;

/** A sandbox cluster as a process of its own, with the address that it keeps when it is started again. */
export interface SandboxProgram {
  region: string;
  connection: ClusterConnection;
  program: Program;
}

export interface Sandboxes extends AsyncDisposable {
  all: readonly SandboxProgram[];
}

/** Starts one for each of two regions. */
export async function startSandboxes(): Promise<Sandboxes> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'flow-kills-sandboxes-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const programs: { region: string; program: Program }[] = [];
  for (const region of regions) {
    const args = ['--state-dir', join(folder, region), '--cluster', `${region}:${region}:${await freePort()}`];
    const program = stack.use(new Program('packages/sandbox/src/server/main.ts', { args, env: {} }));
    program.start();
    programs.push({ region, program });
  }
  const all: SandboxProgram[] = [];
  for (const { region, program } of programs) {
    await isReady(program, `the sandbox of ${region}`);
    const parsed = parseKubeconfig(await readFile(join(folder, region, region, 'kubeconfig'), 'utf8'));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    all.push({ region, program, connection: parsed.connection });
  }
  const started = stack.move();
  return { all, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
