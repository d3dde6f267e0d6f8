import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';

/** A program with its files, as `flow-image` of the image tools:local packs it. */
const packed = z.object({
  name: z.string(),
  entrypoint: z.array(z.string()).min(1),
  files: z.array(z.object({ path: z.string(), content: z.base64() })),
});

/** An image that can run as a process of this machine. */
export interface StoredImage {
  folder: string;
  entrypoint: readonly string[];
}

/** Images by their digest, unpacked below a folder. */
export class ImageStore {
  readonly #folder: string;
  readonly #images = new Map<string, StoredImage>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps an image; false when it is not what its digest says, or has a file outside of itself. */
  async put(digest: string, text: string): Promise<boolean> {
    if (digest !== `sha256:${createHash('sha256').update(text).digest('hex')}`) return false;
    const { entrypoint, files } = packed.parse(JSON.parse(text));
    const folder = resolve(this.#folder, digest.replace(':', '-'));
    for (const file of files) {
      const path = resolve(folder, file.path);
      if (!path.startsWith(folder + sep)) return false;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, Buffer.from(file.content, 'base64'));
    }
    await mkdir(join(folder), { recursive: true });
    this.#images.set(digest, { folder, entrypoint });
    return true;
  }

  /** The image of a digest; undefined when nobody built it here. */
  find(digest: string): StoredImage | undefined {
    return this.#images.get(digest);
  }
}
