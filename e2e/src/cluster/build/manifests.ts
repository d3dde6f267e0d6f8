import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { clusterEnvironment } from '../env.ts';
import { modulesDir } from '../places.ts';
import { upstreamFolder } from './edited-module.ts';

/** Folders of the modules with the manifests that are applied, by the name of the folder that they are kept in. */
const taken = {
  workflows: { module: 'argo-workflows', folders: ['manifests/base/crds/full'] },
  rollouts: { module: 'argo-rollouts', folders: ['manifests/crds'] },
  stages: {
    module: 'kwok',
    folders: ['kustomize/stage/node/fast', 'kustomize/stage/node/heartbeat-with-lease', 'kustomize/stage/pod/fast'],
  },
} as const;
export type ManifestSet = keyof typeof taken;

const manifest = z.looseObject({ kind: z.string(), apiVersion: z.string(), metadata: z.looseObject({ name: z.string() }).optional() });

/** The files of a set, copied out of the modules into the cache once, so that a start does not ask Go. */
export async function manifestFiles(go: string, set: ManifestSet): Promise<string[]> {
  const { module, folders } = taken[set];
  const key = createHash('sha256')
    .update(readFileSync(join(modulesDir, module, 'go.sum')))
    .update(folders.join());
  const folder = join(clusterEnvironment().cacheDir, 'manifests', `${set}-${key.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) {
    const source = await upstreamFolder(go, module);
    const next = `${folder}.${randomUUID()}`;
    mkdirSync(next, { recursive: true });
    for (const from of folders) cpSync(join(source, from), next, { recursive: true, filter: (path) => !path.includes('/testdata') });
    renameSync(next, folder);
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => join(folder, name))
    .toSorted();
}

/** The objects in files, as they are to be applied. */
export function readManifests(files: readonly string[]): z.infer<typeof manifest>[] {
  return files.flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')).map((document) => manifest.parse(document.toJS())));
}
