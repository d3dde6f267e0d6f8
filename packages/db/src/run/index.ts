export * from './logs.ts';
export * from './load-run.ts';
export * from './save-retry.ts';
export * from './save-run.ts';
export * from './save-effects.ts';
export * from './find-run.ts';
export * from './start-run.ts';
export * from './save-segment.ts';
