export * from './load-verdict-context.ts';
export * from './load-policies.ts';
export * from './look-again.ts';
export * from './explain-deployment.ts';
export * from './judge-deployment.ts';
export * from './judge-by-id.ts';
export * from './keep-verdict.ts';
