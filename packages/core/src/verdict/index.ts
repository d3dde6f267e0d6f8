export * from './verdict.ts';
export * from './evaluate.ts';
export * from './governance.ts';
export * from './judge-moving.ts';
