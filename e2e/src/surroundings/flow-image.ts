import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// The command flow-image of the image tools:local: it packs a folder as one document, names it by the hash of that, and puts it into the store of images
// (image-store.ts). The same files, name and entry give the same digest. It runs in a container that has Node and nothing else.
const store = 'http://127.96.0.1:5000/images';
const usage = 'usage: flow-image build <folder> --name <name> --entry "<command…>" [--digest-file <file>]';

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, entry: { type: 'string' }, 'digest-file': { type: 'string' } },
  });
  const { name, entry, 'digest-file': digestFile } = values;
  const [verb, folder] = positionals;
  if (verb !== 'build' || folder === undefined || name === undefined || entry === undefined) return failed(usage, 2);
  const text = JSON.stringify({ name, entrypoint: entry.split(' '), files: filesIn(folder) });
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const answer = await fetch(`${store}/${digest}`, { method: 'PUT', body: text });
  if (!answer.ok) return failed(`flow-image: the store answered ${answer.status}: ${await answer.text()}`, 1);
  if (digestFile !== undefined) writeFileSync(digestFile, `${digest}\n`);
  process.stdout.write(`${digest}\n`);
  return 0;
}

function filesIn(folder: string): { path: string; content: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path !== '.git' && !path.startsWith('.git/') && lstatSync(join(folder, path)).isFile())
    .toSorted()
    .map((path) => ({ path, content: readFileSync(join(folder, path)).toString('base64') }));
}

function failed(message: string, code: number): number {
  process.stderr.write(`${message}\n`);
  return code;
}
