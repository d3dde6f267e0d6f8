import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { clusterEnvironment } from '../env.ts';
import { run } from '../machine/run.ts';
import { modulesDir } from '../places.ts';
import { builtPeers, builtPrograms, sourceEdits, type BuiltProgram, type PeerName, type ProgramName } from './parts.ts';
import { editedModule } from './edited-module.ts';
import { goSettings } from './go-settings.ts';

export type Programs = Readonly<Record<ProgramName, string>>;

const buildTimeoutMs = 60 * 60_000;
const niceness = 10;

/** Builds what is not in the cache yet, and gives the path of each program. A key of all that goes into a program is part of its name. */
export async function buildPrograms(go: string, say: (line: string) => void): Promise<Programs> {
  const version = await goVersion(go);
  const build = (name: ProgramName): Promise<string> => built({ name, program: builtPrograms[name], go, version, say });
  // One after the other: each uses all processors.
  return {
    etcd: await build('etcd'),
    kwok: await build('kwok'),
    'kube-apiserver': await build('kube-apiserver'),
    'kube-controller-manager': await build('kube-controller-manager'),
    'kube-scheduler': await build('kube-scheduler'),
    kubelet: await build('kubelet'),
    'rollouts-controller': await build('rollouts-controller'),
    'workflow-controller': await build('workflow-controller'),
    argoexec: await build('argoexec'),
  };
}

/** Builds a program that Flow is measured beside, or finds it in the cache, and gives its path. */
export async function buildPeer(name: PeerName, go: string, say: (line: string) => void): Promise<string> {
  return built({ name, program: builtPeers[name], go, version: await goVersion(go), say });
}

async function goVersion(go: string): Promise<string> {
  return (await run({ program: go, args: ['env', 'GOVERSION'], env: { GOTOOLCHAIN: 'local' } })).trim();
}

interface Build {
  name: ProgramName | PeerName;
  program: BuiltProgram;
  go: string;
  version: string;
  say: (line: string) => void;
}

async function built({ name, program, go, version, say }: Build): Promise<string> {
  const folder = join(clusterEnvironment().cacheDir, 'bin');
  const path = join(folder, `${name}-${keyOf(program, version)}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const startedMs = Date.now();
  say(`building ${name}`);
  const next = join(folder, `.${name}-${randomUUID()}`);
  try {
    await using module = await editedModule(go, program.module);
    const args = ['build', '-trimpath', '-o', next, '-ldflags', `-s -w ${program.linkFlags ?? ''}`.trim(), program.package];
    await run({ program: go, args, cwd: module.folder, env: goSettings(), niceness, timeoutMs: buildTimeoutMs });
    renameSync(next, path);
  } finally {
    rmSync(next, { force: true });
  }
  say(`built ${name} in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return path;
}

/** Changes when the program would: toolchain, pinned modules with their sums, flags, edits. */
function keyOf(program: BuiltProgram, version: string): string {
  const hash = createHash('sha256');
  for (const part of [version, arch(), program.package, program.linkFlags ?? '', JSON.stringify(sourceEdits[program.module] ?? [])])
    hash.update(`${part}\0`);
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(modulesDir, program.module, file)));
  return hash.digest('hex').slice(0, 16);
}
