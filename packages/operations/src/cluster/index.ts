export * from './register.ts';
export * from './test-cluster.ts';
export * from './record-health.ts';
