export * from './connection.ts';
export * from './parse-kubeconfig.ts';
export * from './write-kubeconfig.ts';
export * from './connection-from-token.ts';
