export * from './read-ledger.ts';
