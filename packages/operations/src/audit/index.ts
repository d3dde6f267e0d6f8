export * from './check-chain.ts';
export * from './checkpoint-key.ts';
export * from './known-heads.ts';
export * from './record-export.ts';
export * from './verify-chain.ts';
export * from './walk-whole-chain.ts';
