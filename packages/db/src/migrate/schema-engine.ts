/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { z } from 'zod';
import { migrations, prismaFolder, schemaFiles } from './schema-files.ts';

const exported = z.object({ __wbindgen_start: z.custom<() => void>((value) => typeof value === 'function') });

let loaded: Promise<void> | undefined;

export interface OpenEngine extends AsyncDisposable {
  engine: SchemaEngine;
}

/** Prisma's own schema engine as WebAssembly: the same migrations as with its command line, without a download. Dispose it to close its connections. */
export async function openSchemaEngine(databaseUrl: string): Promise<OpenEngine> {
  loaded ??= load();
  await loaded;
  const files = await schemaFiles();
  const datamodels = files.map((file): [string, string] => [file.path, file.content]);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScripts(pool));
  const engine = await bindings.SchemaEngine.new({ datamodels }, () => undefined, adapter);
  return {
    engine,
    async [Symbol.asyncDispose]() {
      engine.free();
      await pool.end();
    },
  };
}

/** Sends a migration as the one text that it is: the adapter itself would cut it at every semicolon, those inside of a function too. */
class WholeScripts extends PrismaPg {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => void (await this.#pool.query(script));
    return adapter;
  }
}

async function load(): Promise<void> {
  const path = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(path), { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  exported.parse(instance.exports).__wbindgen_start();
}

/** The migrations in the form that the engine takes. */
export async function migrationList(): Promise<Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList']> {
  const all = await migrations();
  return {
    baseDir: `${prismaFolder}/migrations`,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: all.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/** Flow keeps everything in one schema and knows no foreign tables. */
export const noFilters = { externalTables: [], externalEnums: [] };
