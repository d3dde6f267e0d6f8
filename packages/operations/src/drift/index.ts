export * from './adopt.ts';
export * from './ask-comparison.ts';
export * from './reapply.ts';
export * from './record-comparison.ts';
export * from './record-reapply.ts';
