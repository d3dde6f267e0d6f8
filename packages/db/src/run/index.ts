export * from './find-run.ts';
