import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowError } from '@flow/core/fault';
import { textAt } from '../json/index.ts';
import { parseUntrustedYaml } from '../yaml/index.ts';

export interface ChartDescription {
  /** Folder on this machine. */
  path: string;
  name: string;
  version: string;
  /** `sha256:` over the names and contents of all files: the same on every machine. */
  digest: string;
}

const maxFiles = 1_000;

/** Flow's own service chart. */
export async function serviceChart(): Promise<ChartDescription> {
  return describeChart(fileURLToPath(new URL('../../../../deploy/charts/service', import.meta.url)));
}

/** Name, version and digest of a chart in a folder. Links are refused: what is not in the folder is not part of the chart. */
export async function describeChart(path: string): Promise<ChartDescription> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw unreadable(`${link.name} is a link, which a chart must not have`);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
  if (files.length > maxFiles) throw unreadable(`it has more than ${maxFiles} files`);
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const content = await readFile(join(path, file));
    hash.update(`${Buffer.byteLength(file)}:${file}:${content.length}:`).update(content);
  }
  const about = parseUntrustedYaml(await readFile(join(path, 'Chart.yaml'), 'utf8').catch(() => ''));
  const [chart] = about.ok ? about.documents : [];
  const name = textAt(chart, 'name');
  const version = textAt(chart, 'version');
  if (name === '' || version === '') throw unreadable('its Chart.yaml has no name and version');
  return { path, name, version, digest: `sha256:${hash.digest('hex')}` };
}

function unreadable(why: string): FlowError {
  return new FlowError({ code: 'invalid', owner: 'configuration', message: `The chart cannot be used: ${why}` });
}
