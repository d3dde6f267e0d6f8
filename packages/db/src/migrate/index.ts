export * from './apply-migrations.ts';
export * from './schema-files.ts';
