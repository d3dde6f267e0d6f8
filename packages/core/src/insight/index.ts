export * from './behind.ts';
export * from './buckets.ts';
export * from './cases.ts';
export * from './causes.ts';
export * from './facts.ts';
export * from './figures.ts';
