export * from './database.ts';
export * from './database-clock.ts';
