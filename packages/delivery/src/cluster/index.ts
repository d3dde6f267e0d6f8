export * from './answer.ts';
export * from './client.ts';
export { defaultTimeouts, type ClusterTimeouts } from './http.ts';
export * from './kinds.ts';
export * from './object.ts';
export * from './release-kinds.ts';
