import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clusterEnvironment } from '../env.ts';
import { run } from '../machine/run.ts';
import { modulesDir } from '../places.ts';
import { ClusterRefused } from '../refused.ts';
import { goSettings } from './go-settings.ts';
import { sourceEdits, upstreams, type SourceEdit } from './parts.ts';

/** A wrapper module that can be built in `folder`; where its source is edited, on a copy that goes when it is disposed. */
export interface BuildableModule extends AsyncDisposable {
  folder: string;
}

/** The module with the edits of `sourceEdits`; the original was checked against the committed sums before it is copied. */
export async function editedModule(go: string, module: string): Promise<BuildableModule> {
  const edits = sourceEdits[module];
  const wrapper = join(modulesDir, module);
  if (edits === undefined) return { folder: wrapper, [Symbol.asyncDispose]: () => Promise.resolve() };
  const original = await upstreamFolder(go, module);
  mkdirSync(clusterEnvironment().cacheDir, { recursive: true });
  const work = mkdtempSync(join(clusterEnvironment().cacheDir, `source-${module}-`));
  const source = join(work, 'source');
  copyWritable(original, source);
  for (const edit of edits) apply(source, edit);
  for (const file of ['go.mod', 'go.sum']) copyFileSync(join(wrapper, file), join(work, file));
  const path = upstreamOf(module);
  await run({ program: go, args: ['mod', 'edit', `-replace=${path}=${source}`], cwd: work, env: goSettings() });
  return { folder: work, [Symbol.asyncDispose]: () => Promise.resolve(rmSync(work, { recursive: true, force: true })) };
}

/** Where Go keeps the source of a module, downloaded and checked against the committed sums. */
export async function upstreamFolder(go: string, module: string): Promise<string> {
  const cwd = join(modulesDir, module);
  const args = ['mod', 'download', '-json', upstreamOf(module)];
  const out = await run({ program: go, args, cwd, env: goSettings(), timeoutMs: 600_000 });
  const folder = /"Dir": "([^"]+)"/.exec(out)?.[1];
  if (folder === undefined) throw new ClusterRefused(`Go did not say where it keeps ${upstreamOf(module)}:\n${out}`);
  return folder;
}

function upstreamOf(module: string): string {
  const found = Object.entries(upstreams).find(([name]) => name === module)?.[1];
  if (found === undefined) throw new ClusterRefused(`There is no module named ${module}; there are: ${Object.keys(upstreams).join(', ')}.`);
  return found;
}

/** Go keeps its modules read-only. */
function copyWritable(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (_source, target) => {
      if (target !== to) chmodSync(join(target, '..'), 0o755);
      return true;
    },
  });
  chmodSync(to, 0o755);
}

function apply(source: string, edit: SourceEdit): void {
  if (edit.kind === 'copy') {
    mkdirSync(dirname(join(source, edit.to)), { recursive: true });
    copyFileSync(join(source, edit.from), join(source, edit.to));
    return;
  }
  const path = join(source, edit.file);
  const text = readFileSync(path, 'utf8');
  if (text.split(edit.old).length !== 2) throw new ClusterRefused(`${edit.file} does not have ${edit.old} exactly once: check the edit.`);
  chmodSync(path, 0o644);
  writeFileSync(path, text.replace(edit.old, edit.new));
}
