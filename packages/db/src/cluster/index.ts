export * from './cluster.ts';
export * from './save-cluster.ts';
export * from './uses.ts';
