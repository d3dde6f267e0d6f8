export * from './verdict.ts';
export * from './evaluate.ts';
