export * from './apply-migrations.ts';
export * from './schema-files.ts';
export * from './grant-rights.ts';
