export * from './wake.ts';
export * from './take.ts';
