export * from './envelope.ts';
export * from './rewrap-secrets.ts';
