export * from './flow-error.ts';
