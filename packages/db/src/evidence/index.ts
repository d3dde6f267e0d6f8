export * from './evidence.ts';
export * from './trusted-key.ts';
