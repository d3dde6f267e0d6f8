export * from './access-manifest.ts';
export * from './minima.ts';
export * from './pipeline-namespace.ts';
export * from './probe-cluster.ts';
export * from './rights.ts';
