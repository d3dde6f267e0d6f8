export * from './retry-job.ts';
