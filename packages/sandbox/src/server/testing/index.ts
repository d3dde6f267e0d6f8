export * from './binaries.ts';
