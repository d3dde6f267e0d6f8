export * from './find-findings.ts';
export * from './find-waiting.ts';
export * from './read-past.ts';
export * from './save-findings.ts';
export * from './save-kept-verdict.ts';
export * from './wake-after.ts';
