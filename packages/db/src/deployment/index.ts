export * from './load-for-decision.ts';
export * from './save-decision.ts';
export * from './save-effects.ts';
export * from './find-deployment.ts';
export * from './find-beside-deployment.ts';
export * from './save-request.ts';
export * from './idempotency.ts';
export * from './prepared-workload.ts';
