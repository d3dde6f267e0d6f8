export * from './check.ts';
export * from './health.ts';
export * from './purpose.ts';
