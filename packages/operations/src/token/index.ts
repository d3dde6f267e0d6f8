export * from './create-token.ts';
export * from './revoke-token.ts';
export * from './verify-token.ts';
