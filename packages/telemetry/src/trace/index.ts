export * from './traced.ts';
export * from './trace-of-log.ts';
