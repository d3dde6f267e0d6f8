import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ImageManifest, imagePaths } from './image-store.ts';

/** A refusal to build; the message says what to change. */
export class ImageBuildError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImageBuildError';
  }
}

export interface ImageToBuild {
  folder: string;
  name: string;
  entrypoint: readonly string[];
  imageDir: string;
}

type ImageFile = ImageManifest['files'][number];

/**
 * Puts a folder (without `.git`) into the image store and returns its digest, `sha256:<hex>`. The same files, modes, name and entrypoint
 * give the same digest on every machine. Throws `ImageBuildError`: a link that leads outside the folder, a special file, an empty entrypoint.
 */
export async function buildImage(asked: ImageToBuild): Promise<string> {
  const root = resolve(asked.folder);
  if (asked.entrypoint.length === 0) throw new ImageBuildError('the entrypoint is empty: give the command that starts the image');
  if (!/^[a-z0-9][a-z0-9._/-]*$/.test(asked.name)) {
    throw new ImageBuildError(`"${asked.name}" is not an image name: use small letters, digits and . _ - /`);
  }
  const found = await lstat(root).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new ImageBuildError(`${asked.folder} is not a folder`);
  const files = await listFiles(root, root);
  const manifest: ImageManifest = { name: asked.name, entrypoint: [...asked.entrypoint], files: files.toSorted(byPath) };
  const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
  const hex = createHash('sha256').update(text).digest('hex');
  await store(asked.imageDir, { root, hex, text, files });
  return `sha256:${hex}`;
}

/** By UTF-16 code units, not by locale: the order is part of the digest. */
function byPath(a: ImageFile, b: ImageFile): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

async function listFiles(root: string, folder: string): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = join(folder, entry.name);
    const path = relative(root, full).split(sep).join('/');
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) files.push(...(await listFiles(root, full)));
    else if (entry.isSymbolicLink()) files.push(await linkAt(root, full, path));
    else if (entry.isFile()) files.push(await fileAt(full, path));
    else throw new ImageBuildError(`${path} is neither a file, a folder nor a link: take it out of the folder`);
  }
  return files;
}

async function linkAt(root: string, full: string, path: string): Promise<ImageFile> {
  const target = await readlink(full);
  const leadsTo = relative(root, resolve(dirname(full), target));
  const isOutside = isAbsolute(target) || leadsTo === '..' || leadsTo.startsWith(`..${sep}`);
  if (isOutside) throw new ImageBuildError(`${path} is a link to ${target}, outside the folder: copy the file into the folder instead`);
  return { path, type: 'symlink', mode: 0o777, target };
}

async function fileAt(full: string, path: string): Promise<ImageFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(full), hash);
  const { mode } = await lstat(full);
  // Only whether it can be executed matters: other bits differ with the umask of who checked the files out.
  return { path, type: 'file', mode: (mode & 0o111) === 0 ? 0o644 : 0o755, sha256: hash.digest('hex') };
}

/** Made beside its place and moved there in one step: an image is there whole or not at all, also when two are built at once. */
async function store(imageDir: string, image: { root: string; hex: string; text: string; files: readonly ImageFile[] }): Promise<void> {
  const paths = imagePaths(imageDir, image.hex);
  const draft = `${paths.folder}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    for (const file of image.files) await copy(image.root, draft, file);
    await rename(draft, paths.folder).catch((error: unknown) => {
      const isThere = error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
      if (!isThere) throw error;
    });
    await writeFile(`${draft}.json`, image.text);
    await rename(`${draft}.json`, paths.manifest);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function copy(root: string, draft: string, file: ImageFile): Promise<void> {
  const to = join(draft, file.path);
  await mkdir(dirname(to), { recursive: true });
  if (file.target !== undefined) {
    await symlink(file.target, to);
    return;
  }
  await copyFile(join(root, file.path), to);
  await chmod(to, file.mode);
  await utimes(to, 0, 0);
}
