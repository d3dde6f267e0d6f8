export * from './read-ledger.ts';
export * from './own-title.ts';
