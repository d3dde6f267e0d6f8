import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { clusterEnvironment } from '../env.ts';
import { ClusterRefused } from '../refused.ts';
import { run, runToEnd } from './run.ts';

/** What the machine itself must have: programs of the distribution. */
export interface MachinePrograms {
  go: string;
  containerd: string;
  ctr: string;
  runc: string;
  /** Statically linked, so that it is a whole image by itself. */
  busybox: string;
  cniDir: string;
}

const oldestGo = [1, 26, 1] as const;
const packages = 'containerd runc containernetworking-plugins busybox-static';
const cniDirs = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];

/** Says in one sentence what is missing for clusters on this machine, or gives what is there; as root on Debian it installs the packages first. */
export async function machinePrograms(say: (line: string) => void): Promise<MachinePrograms> {
  const go = await builder();
  if (process.getuid?.() !== 0)
    throw new ClusterRefused(
      'The clusters need root (containers, the port 443 of a loopback address): run it as root, or give FLOW_TEST_KUBECONFIG.',
    );
  const found = distributionPrograms();
  if (found !== null) return { go, ...found };
  await install(say);
  const installed = distributionPrograms();
  if (installed === null) throw new ClusterRefused(missing());
  return { go, ...installed };
}

/** The Go toolchain that builds the parts; refuses where it is missing or too old. */
export async function builder(): Promise<string> {
  if (process.platform !== 'linux')
    throw new ClusterRefused(
      'The clusters need Linux: on another system give FLOW_TEST_KUBECONFIG, a kubeconfig with one context for each region.',
    );
  const go = findProgram('go');
  const needed = `Go ${oldestGo.join('.')} or newer`;
  if (go === null) throw new ClusterRefused(`The clusters need ${needed} in the PATH to be built, and there is none.`);
  const text = await run({ program: go, args: ['env', 'GOVERSION'], env: { GOTOOLCHAIN: 'local' } });
  if (!isNewEnough(text.trim())) throw new ClusterRefused(`The clusters need ${needed} to be built; ${go} is ${text.trim()}.`);
  return go;
}

/** Compares a version as Go prints it (`go1.26.8`) with the oldest one that builds all parts. */
export function isNewEnough(goVersion: string): boolean {
  const parts = (/^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(goVersion) ?? []).slice(1).map((part) => Number(part));
  for (const [index, least] of oldestGo.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

function distributionPrograms(): Omit<MachinePrograms, 'go'> | null {
  const [containerd, ctr, runc, busybox] = ['containerd', 'ctr', 'runc', 'busybox'].map(findProgram);
  const cniDir = cniDirs.find((folder) => existsSync(join(folder, 'loopback')));
  if (containerd == null || ctr == null || runc == null || busybox == null || cniDir === undefined) return null;
  return isStatic(busybox) ? { containerd, ctr, runc, busybox, cniDir } : null;
}

function missing(): string {
  return `The clusters need containerd, runc, the CNI plugins and a static busybox; on Debian: apt-get install ${packages} (elsewhere the packages are often named containerd, runc, cni-plugins or containernetworking-plugins, busybox-static).`;
}

async function install(say: (line: string) => void): Promise<void> {
  const apt = findProgram('apt-get');
  if (apt === null) throw new ClusterRefused(missing());
  say(`installing ${packages}`);
  const args = ['install', '-y', '--no-install-recommends', ...packages.split(' ')];
  const command = { program: apt, args, env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 300_000 };
  if ((await runToEnd(command)).status === 0) return;
  await run({ program: apt, args: ['update'], timeoutMs: 120_000 });
  await run(command);
}

/** Where a program is, or null. */
export function findProgram(name: string): string | null {
  return (
    clusterEnvironment()
      .searchPath.map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A dynamic program names its loader near its beginning. */
function isStatic(path: string): boolean {
  const head = Buffer.alloc(4096);
  const file = openSync(path, 'r');
  readSync(file, head);
  closeSync(file);
  return !/\/lib(?:32|64)?\/ld-/.test(head.toString('latin1'));
}
