import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the schema and its migrations. */
export const prismaFolder = fileURLToPath(new URL('../../../../prisma', import.meta.url));

export interface SchemaFile {
  path: string;
  content: string;
}

/** The files of the schema, in a fixed order. */
export async function schemaFiles(): Promise<SchemaFile[]> {
  const models = (await readdir(join(prismaFolder, 'models'))).filter((name) => name.endsWith('.prisma')).sort();
  const paths = [join(prismaFolder, 'schema.prisma'), ...models.map((name) => join(prismaFolder, 'models', name))];
  return Promise.all(paths.map(async (path) => ({ path, content: await readFile(path, 'utf8') })));
}

export interface Migration {
  name: string;
  sql: string;
}

/** The migrations in the order in which they are applied. */
export async function migrations(): Promise<Migration[]> {
  const folder = join(prismaFolder, 'migrations');
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })));
}

/** A short hash over texts, to tell whether something made from them is still current. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex').slice(0, 16);
}
