export * from './list-ended.ts';
