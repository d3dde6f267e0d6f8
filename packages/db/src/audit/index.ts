export * from './append-entry.ts';
export * from './list-entries.ts';
export * from './read-chain.ts';
export * from './save-check.ts';
