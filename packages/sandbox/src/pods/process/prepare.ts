import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { KubeObject, SandboxContext } from '../../store/index.ts';
import type { KubeletEnv } from '../env.ts';
import { claimFolder, podFolder } from '../model/folders.ts';
import type { Container, PodSpec, Volume } from '../model/pod-view.ts';
import type { StepTask } from '../step-task.ts';
import { containerEnv, dataOf, expand } from './container-env.ts';
import { createPathMap, type MappedPath } from './path-map.ts';

/** What the kubelet needs to run a container as a local process. */
export interface ToPrepare {
  pod: KubeObject;
  spec: PodSpec;
  container: Container;
  kubeletEnv: KubeletEnv;
  /** Folder with the tools that every process finds on its PATH. */
  binDir: string;
  task?: StepTask;
  /** Where the process runs and what it runs, when an image of the image store gives that. */
  image?: { folder: string; entrypoint: readonly string[] };
}

/** A command ready to run, and where its declared outputs will be. */
export interface Prepared {
  command: readonly [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  realPathOf: (containerPath: string) => string;
}

/** Makes the folders of the pod and turns its container paths into real ones. The message of a refusal says what to change. */
export async function prepare(
  ctx: SandboxContext,
  asked: ToPrepare,
): Promise<{ ok: true; prepared: Prepared } | { ok: false; message: string }> {
  const root = resolve(podFolder(ctx.stateDir, asked.pod.metadata.uid));
  const work = join(root, 'work');
  await mkdir(join(root, 'tmp'), { recursive: true });
  await mkdir(work, { recursive: true });
  const mounts = await mountsOf(ctx, asked, root);
  if (!mounts.ok) return mounts;
  const outputs = await outputFolders(asked.task, { root, mounted: mounts.paths });
  const toReal = createPathMap([...mounts.paths, ...outputs]);
  const base = baseEnv(ctx, asked, { work, root, mounts });
  const made = containerEnv(ctx, { pod: asked.pod, container: asked.container, base });
  if (!made.ok) return made;
  // The sandbox's own variables hold real paths already, which may begin like a container path (a volume at /tmp).
  const env = Object.fromEntries(Object.entries(made.env).map(([name, value]) => [name, value === base[name] ? value : toReal(value)]));
  const { command = [], args = [] } = asked.container;
  const whole = command.length > 0 ? [...command, ...args] : [...(asked.image?.entrypoint ?? []), ...args];
  const [file, ...rest] = whole.map((part) => expand(toReal(part), env));
  if (file === undefined) {
    return {
      ok: false,
      message: 'the container has no command: the sandbox runs it as a local process and has no image to take one from; set command',
    };
  }
  const script = await writeScript(asked.task, root, toReal);
  const cwd = await workFolder(asked, { toReal, work, root });
  return { ok: true, prepared: { command: [file, ...rest, ...script], cwd, env, realPathOf: toReal } };
}

function baseEnv(
  ctx: SandboxContext,
  asked: ToPrepare,
  folders: { work: string; root: string; mounts: { byName: ReadonlyMap<string, string> } },
): Record<string, string> {
  const mountVariables = [...folders.mounts.byName].map(
    ([name, folder]) => [`FLOW_MOUNT_${name.toUpperCase().replaceAll(/\W/g, '_')}`, folder] as const,
  );
  return {
    // The node that runs the sandbox comes first, since the tools of the sandbox are written for it.
    PATH: [asked.binDir, dirname(process.execPath), asked.kubeletEnv.path].join(':'),
    HOME: folders.work,
    LANG: asked.kubeletEnv.lang,
    TMPDIR: join(folders.root, 'tmp'),
    HOSTNAME: asked.pod.metadata.name,
    FLOW_IMAGE_DIR: resolve(ctx.imageDir),
    ...Object.fromEntries(mountVariables),
  };
}

type Mounts = { ok: true; paths: MappedPath[]; byName: Map<string, string> } | { ok: false; message: string };

async function mountsOf(ctx: SandboxContext, asked: ToPrepare, root: string): Promise<Mounts> {
  const paths: MappedPath[] = [];
  const byName = new Map<string, string>();
  for (const mount of asked.container.volumeMounts) {
    const volume = asked.spec.volumes.find((one) => one.name === mount.name);
    if (volume === undefined) return { ok: false, message: `volumeMounts: volume "${mount.name}" is not defined` };
    const folder = folderOf(ctx, asked.pod, { volume, root });
    const { mountPath, subPath = '' } = mount;
    const realPath = join(folder, subPath);
    if (relative(folder, realPath).startsWith('..') || !isAbsolute(mountPath)) {
      return { ok: false, message: `volumeMounts: "${mountPath}" with subPath "${subPath}" is not a path inside a volume` };
    }
    await mkdir(realPath, { recursive: true });
    const missing = await fillVolume(ctx, asked.pod, { volume, folder });
    if (missing !== undefined) return { ok: false, message: missing };
    paths.push({ containerPath: mount.mountPath, realPath });
    byName.set(mount.name, realPath);
  }
  return { ok: true, paths, byName };
}

function folderOf(ctx: SandboxContext, pod: KubeObject, place: { volume: Volume; root: string }): string {
  const claim = place.volume.persistentVolumeClaim?.claimName;
  if (claim === undefined) return join(place.root, 'volumes', place.volume.name);
  return resolve(claimFolder(ctx.stateDir, pod.metadata.namespace ?? '', claim));
}

/** Writes the entries of a ConfigMap or Secret volume as files; returns what is missing. */
async function fillVolume(ctx: SandboxContext, pod: KubeObject, filled: { volume: Volume; folder: string }): Promise<string | undefined> {
  const { configMap, secret } = filled.volume;
  const sources = [
    ...(configMap === undefined ? [] : [{ resource: 'configmaps' as const, name: configMap.name }]),
    ...(secret === undefined ? [] : [{ resource: 'secrets' as const, name: secret.secretName }]),
  ];
  for (const source of sources) {
    const data = dataOf(ctx, pod, source);
    if (data === undefined) return `${source.resource.slice(0, -1)} "${source.name}" not found`;
    for (const [key, value] of Object.entries(data)) await writeFile(join(filled.folder, basename(key)), value);
  }
  return undefined;
}

/**
 * A declared output outside every volume gets a place below the pod's folder. Its whole folder is mapped, so that a command may name
 * the folder and the file apart, unless that folder stands at the top (`/tmp`, `/data`), where other things live.
 */
async function outputFolders(task: StepTask | undefined, place: { root: string; mounted: readonly MappedPath[] }): Promise<MappedPath[]> {
  const mapped: MappedPath[] = [];
  for (const { valueFrom } of task?.outputs ?? []) {
    const path = valueFrom?.path;
    if (path === undefined || !isAbsolute(path)) continue;
    if (place.mounted.some((mount) => path === mount.containerPath || path.startsWith(`${mount.containerPath.replace(/\/+$/, '')}/`)))
      continue;
    const realPath = join(place.root, 'outputs', path);
    await mkdir(dirname(realPath), { recursive: true });
    mapped.push({ containerPath: path, realPath });
    if (dirname(dirname(path)) !== '/') mapped.push({ containerPath: dirname(path), realPath: dirname(realPath) });
  }
  return mapped;
}

async function writeScript(task: StepTask | undefined, root: string, toReal: (text: string) => string): Promise<string[]> {
  if (task?.script === undefined) return [];
  const path = join(root, 'script');
  await writeFile(path, toReal(task.script), { mode: 0o700 });
  return [path];
}

/** `workingDir` inside a volume is that folder; any other is a folder of the pod's own; none is the image's or the work folder. */
async function workFolder(asked: ToPrepare, place: { toReal: (text: string) => string; work: string; root: string }): Promise<string> {
  const { workingDir = '' } = asked.container;
  if (workingDir === '') return asked.image?.folder ?? place.work;
  if (asked.image !== undefined) return asked.image.folder;
  const real = place.toReal(workingDir);
  const folder = real === workingDir ? join(place.root, 'folders', workingDir) : real;
  await mkdir(folder, { recursive: true });
  return folder;
}
