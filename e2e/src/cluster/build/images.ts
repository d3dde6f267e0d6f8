import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clusterEnvironment } from '../env.ts';
import { run } from '../machine/run.ts';

/** An image that is made on the spot from programs of this machine. */
export interface LocalImage {
  /** As in a pod: `busybox:local`. A tag other than `latest` is not asked for at a registry. */
  name: string;
  /** Where each program or library comes from, by its path in the image. */
  programs: Readonly<Record<string, string>>;
  /** Links to `/bin/busybox`, for an image that has it. */
  commands?: readonly string[];
  entrypoint: readonly string[];
}

/** Writes the image as a docker archive into the cache, unless it is there, and gives its path. The same content gives the same archive. */
export async function imageArchive(image: LocalImage): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify({ ...image, programs: Object.keys(image.programs) }));
  // This file says what else is in an image.
  for (const source of [import.meta.filename, ...Object.values(image.programs)]) hash.update(readFileSync(source));
  const folder = join(clusterEnvironment().cacheDir, 'images');
  const prefix = `${image.name.replaceAll(/[/:]/g, '-')}-`;
  const path = join(folder, `${prefix}${hash.digest('hex').slice(0, 16)}.tar`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  for (const older of readdirSync(folder).filter((name) => name.startsWith(prefix))) rmSync(join(folder, older), { force: true });
  const work = mkdtempSync(join(tmpdir(), 'flow-image-'));
  try {
    await writeArchive(image, work);
    const next = join(folder, `.${randomUUID()}`);
    await tar(join(work, 'archive'), next);
    renameSync(next, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return path;
}

async function writeArchive(image: LocalImage, work: string): Promise<void> {
  const archive = join(work, 'archive');
  mkdirSync(archive);
  layOut(image, join(work, 'files'));
  await tar(join(work, 'files'), join(archive, 'layer.tar'));
  const layerDigest = createHash('sha256')
    .update(readFileSync(join(archive, 'layer.tar')))
    .digest('hex');
  const config = {
    architecture: arch() === 'x64' ? 'amd64' : arch(),
    os: 'linux',
    config: { Entrypoint: image.entrypoint, Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
  };
  writeFileSync(join(archive, 'config.json'), JSON.stringify(config));
  const tag = image.name.includes('/') ? image.name : `docker.io/library/${image.name}`;
  writeFileSync(join(archive, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }]));
}

function layOut(image: LocalImage, root: string): void {
  for (const folder of ['bin', 'usr/bin', 'usr/share/git-core/templates', 'etc', 'tmp', 'root', 'var/run'])
    mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/false\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnobody:x:65534:\n');
  for (const [target, source] of Object.entries(image.programs)) {
    const path = join(root, target);
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(source, path);
    chmodSync(path, 0o755);
  }
  for (const command of image.commands ?? []) if (command !== 'busybox') symlinkSync('/bin/busybox', join(root, 'bin', command));
}

async function tar(folder: string, to: string): Promise<void> {
  const args = [
    '--create',
    '--file',
    to,
    '--directory',
    folder,
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mtime=@0',
    '.',
  ];
  await run({ program: 'tar', args });
}
