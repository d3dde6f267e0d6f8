export * from './adoption.ts';
export * from './find-drift.ts';
export * from './find-due.ts';
export * from './save-comparison.ts';
export * from './save-reapply.ts';
