export * from './verdict.ts';
export * from './evaluate.ts';
export * from './governance.ts';
