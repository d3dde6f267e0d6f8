import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { prismaEnvironment } from './env.ts';
import { hashOf, schemaFiles } from './schema-files.ts';

// Makes the Prisma client when the schema has changed since the last time. Prisma wants to download a schema engine of its own first, which making a
// client does not need: any executable in its place will do.
const folder = fileURLToPath(new URL('../generated', import.meta.url));
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const stampPath = join(folder, '.schema-hash');

const wanted = hashOf((await schemaFiles()).map((file) => file.content));
const found = await readFile(stampPath, 'utf8').catch(() => '');
if (found !== wanted) {
  const prisma = join(packageFolder, 'node_modules/.bin/prisma');
  await promisify(execFile)(prisma, ['generate'], { cwd: packageFolder, env: prismaEnvironment() });
  await mkdir(folder, { recursive: true });
  await writeFile(stampPath, wanted);
  process.stdout.write('The database client was made anew.\n');
}
