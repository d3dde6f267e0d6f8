export * from './after-load.ts';
