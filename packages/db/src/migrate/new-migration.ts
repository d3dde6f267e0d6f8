import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/index.ts';
import { now } from './clock.ts';
import { noFilters, openSchemaEngine } from './schema-engine.ts';
import { prismaFolder, schemaFiles } from './schema-files.ts';

// Writes the next migration: what leads from the schema of the last migration, which is kept beside the migrations, to the schema of now.
// `pnpm --filter @flow/db migration <verb_object>`. (The engine cannot read the schema back from a database through the driver adapter.)
const name = process.argv[2] ?? '';
if (!/^[a-z]+(_[a-z0-9]+)+$/.test(name)) {
  process.stderr.write('Name the migration verb_object, for example add_release_notes\n');
  process.exit(2);
}

const snapshotPath = join(prismaFolder, 'migrations', 'schema.snapshot');
const before = await readFile(snapshotPath, 'utf8').catch(() => '');
const wanted = (await schemaFiles()).map((file) => file.content).join('\n');

await using postgres = await startEmbeddedPostgres({ folder: join(prismaFolder, '../.flow/migration-postgres'), isTemporary: true });
await using opened = await openSchemaEngine(postgres.url('postgres'));
const difference = await opened.engine.diff({
  from: before === '' ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [{ path: 'before.prisma', content: before }] },
  to: { tag: 'schemaDatamodel', files: [{ path: 'now.prisma', content: wanted }] },
  script: true,
  exitCode: null,
  filters: noFilters,
});
const sql = difference.stdout ?? '';
// Comments may have changed even where the tables have not.
await writeFile(snapshotPath, wanted);
if (sql.trim() === '' || sql.includes('This is an empty migration')) process.stdout.write('The migrations already lead to the schema.\n');
else {
  const stamp = now()
    .toISOString()
    .replaceAll(/[-:T]|\..*/g, '');
  const folder = join(prismaFolder, 'migrations', `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  process.stdout.write(`Wrote ${folder}\n`);
}
