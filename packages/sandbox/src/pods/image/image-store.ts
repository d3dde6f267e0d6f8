import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const HEX = /^[0-9a-f]{64}$/;

/** The description of an image beside its files. */
export const imageManifest = z.object({
  name: z.string(),
  entrypoint: z.array(z.string()).min(1),
  files: z.array(
    z.object({
      path: z.string(),
      type: z.enum(['file', 'symlink']),
      mode: z.number(),
      sha256: z.string().optional(),
      target: z.string().optional(),
    }),
  ),
});
export type ImageManifest = z.infer<typeof imageManifest>;

/** An image that can run as a local process. */
export interface StoredImage {
  digest: string;
  folder: string;
  entrypoint: readonly string[];
}

/** What an image reference means to the sandbox. */
export type ImageLookup =
  | { kind: 'stored'; image: StoredImage }
  /** The sandbox knows nothing of it: its pods are modelled. */
  | { kind: 'foreign' }
  | { kind: 'missing'; reason: 'ErrImagePull' | 'ImagePullBackOff'; message: string };

/** The folder of an image's files, and the file that describes it. */
export function imagePaths(imageDir: string, hex: string): { folder: string; manifest: string } {
  const base = resolve(imageDir, 'sha256');
  return { folder: join(base, hex), manifest: join(base, `${hex}.json`) };
}

/** Looks for an image (`name@sha256:<hex>`) in the image store. */
export function findImage(imageDir: string, reference: string): ImageLookup {
  if (reference.includes('does-not-exist')) {
    return { kind: 'missing', reason: 'ImagePullBackOff', message: `Back-off pulling image "${reference}": not found` };
  }
  const [name = '', hex] = reference.split('@sha256:');
  if (hex !== undefined && HEX.test(hex)) {
    const paths = imagePaths(imageDir, hex);
    if (existsSync(paths.manifest)) {
      const { entrypoint } = imageManifest.parse(JSON.parse(readFileSync(paths.manifest, 'utf8')));
      return { kind: 'stored', image: { digest: `sha256:${hex}`, folder: paths.folder, entrypoint } };
    }
  }
  if (!name.startsWith('sandbox.local/')) return { kind: 'foreign' };
  const why =
    hex === undefined
      ? 'images of the sandbox are named by digest (name@sha256:…)'
      : `the image store has no sha256:${hex}: build it with flow-image`;
  return { kind: 'missing', reason: 'ErrImagePull', message: `failed to pull "${reference}": ${why}` };
}
