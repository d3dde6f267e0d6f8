export * from './keep-ledger.ts';
export * from './ledger.ts';
export * from './record.ts';
