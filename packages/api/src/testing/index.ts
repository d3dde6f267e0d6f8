export * from './calls.ts';
export * from './walk-inputs.ts';
export { linkTo } from './links.ts';
export * from './dead-job.ts';
export * from './paused.ts';
export { addPlatformCheck } from './platform-check.ts';
